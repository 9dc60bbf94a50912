// Takes Preact's place in what readers download: the part of it that the feed's components use, by the same names.
export { Component } from './component.ts'
export { render } from './render.ts'
export { createRef, Fragment, h } from './vnode.ts'
