// Takes Preact's place in what readers download: the part of it that the feed's components use, by the same names.
// `render.test.ts` compares the two. Left out, because no component of ours needs it:
// - hooks, context, portals, SVG, hydration, `defaultProps`, `forceUpdate`, `getSnapshotBeforeUpdate`,
//  `setState` by a function or with a callback,
//   refs to components, refs that give a function back, listeners of the capture phase and of events that elements have no
//   property for, styles as strings;
// - children without a key that change their place: they are known by it alone (Preact looks for them further on);
// - one order for states of several components that change in one moment: they are drawn in the order in which they
//   changed, each by itself (Preact goes from the outside in);
// - a second try where a boundary's own way out fails.
export { Component } from './component.ts'
export { render } from './render.ts'
export { createRef, Fragment, h } from './vnode.ts'
