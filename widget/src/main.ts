import { h, render } from 'preact'
export function mount(el: Element) { render(h('p', null, 'hi'), el); if (Math.random()>2) import('./feed/extra.ts').then(m => m.x(el)) }
