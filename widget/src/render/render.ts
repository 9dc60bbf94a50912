import { Component, type Drawn } from './component.ts'
import { setProp } from './set-prop.ts'
import { type Child, Fragment, h, type Ref, type VNode } from './vnode.ts'

/** What is done once everything stands in the page: all refs are set before any component is told. */
let refs: (() => void)[] = []
let after: (() => void)[] = []
const roots = new WeakMap<Node, Drawn>()

/** A list in a list is one child, with keys of its own; text is a node of no type; what draws nothing keeps its place. */
const normal = (child: Child): VNode | undefined =>
  Array.isArray(child)
    ? h(Fragment, null, ...child)
    : child == null || typeof child === 'boolean'
      ? undefined
      : typeof child === 'object'
        ? (child as VNode)
        : h('', null, `${child}`)

/** Draws into a root what a component gives, with as few changes as there are differences. */
export function render(child: Child, root: Node): void {
  const drawn: Drawn = roots.get(root) ?? { inside: [], dom: root }
  roots.set(root, drawn)
  drawInside(drawn, child)
  finish()
}

function finish(): void {
  const all = [...refs, ...after]
  refs = []
  after = []
  for (const each of all) each()
}

/** The new children take over the old ones of the same key, or of the same place, where their type is the same. */
function drawInside(owner: Drawn, given: Child): void {
  const next = (Array.isArray(given) ? given : [given]).map(normal)
  const old = owner.inside
  const byKey = new Map(old.map((drawn) => [drawn.vnode?.key, drawn]))
  owner.inside = next.map((vnode, at) => {
    const key = vnode?.key
    const same = key === undefined ? old[at] : byKey.get(key)
    return same && same.vnode?.key === key && same.vnode?.type === vnode?.type ? same : { owner, inside: [] }
  })
  for (const drawn of old) if (!owner.inside.includes(drawn)) remove(drawn, true)
  owner.inside.forEach((drawn, at) => {
    draw(drawn, next[at])
  })
  // What has no element of its own is put into its place with what lies around it.
  if (owner.dom) place(owner, owner.dom, null)
}

function draw(drawn: Drawn, vnode: VNode | undefined): void {
  const was = drawn.vnode
  if (!vnode) return
  drawn.vnode = vnode
  const { type, props } = vnode
  if (typeof type === 'function') {
    // Elements that are given again get their values again, as with Preact 11.
    if (was !== vnode) drawComponent(drawn, vnode)
  } else if (type) drawElement(drawn, vnode, was)
  else {
    const text = props.children as string
    if (!drawn.dom) drawn.dom = document.createTextNode(text)
    // Setting what is there already would take away what somebody has selected.
    else if (drawn.dom.nodeValue !== text) drawn.dom.nodeValue = text
  }
}

function drawElement(drawn: Drawn, { type, props, ref }: VNode, was: VNode | undefined): void {
  const element = (drawn.dom ?? document.createElement(type as string)) as HTMLElement
  drawn.dom = element
  drawInside(drawn, props.children)
  const old = was?.props ?? {}
  for (const name in { ...old, ...props }) {
    if (props[name] !== old[name] || name === 'value') setProp(element, name, props[name], old[name])
  }
  if (ref !== was?.ref) {
    setRef(was?.ref, null)
    refs.push(() => setRef(ref, element))
  }
}

function setRef(ref: Ref | undefined, value: unknown): void {
  if (typeof ref === 'function') ref(value)
  else if (ref) ref.current = value
}

function make({ type, props }: VNode): Component {
  const Type = type as typeof Component
  if (Type.prototype instanceof Component) return new Type(props)
  const component = new Component(props)
  component.render = type as (props: object) => Child
  return component
}

function drawComponent(drawn: Drawn, vnode: VNode): void {
  const isNew = !drawn.component
  try {
    drawn.component ??= make(vnode)
    const { component } = drawn
    component.redraw ??= () => redraw(drawn)
    const { props } = component
    const nextState = component.next ?? component.state
    const skip = !isNew && component.shouldComponentUpdate?.(vnode.props, nextState) === false
    component.props = vnode.props
    component.state = nextState
    component.next = undefined
    if (skip) return
    const child = component.render(vnode.props, nextState)
    drawInside(drawn, child)
    after.push(() =>
      guarded(drawn, () => {
        if (isNew) component.componentDidMount?.()
        else component.componentDidUpdate?.(props)
      }),
    )
  } catch (error) {
    caught(drawn, error)
  }
}

function guarded(drawn: Drawn, act: () => void): void {
  try {
    if (!drawn.gone) act()
  } catch (error) {
    caught(drawn, error)
  }
}

/** The nearest component above that wants to know is told; without one the page is. */
function caught(drawn: Drawn, error: unknown): void {
  let above = drawn.owner
  while (above && !above.component?.componentDidCatch) above = above.owner
  if (!above) throw error
  above.component?.componentDidCatch?.(error)
}

/** `own`: its elements have to go too; below one that goes they go with it. */
function remove(drawn: Drawn, own: boolean): void {
  guarded(drawn, () => drawn.component?.componentWillUnmount?.())
  drawn.gone = true
  setRef(drawn.vnode?.ref, null)
  for (const each of drawn.inside) remove(each, own && !drawn.dom)
  if (own && drawn.dom) (drawn.dom as ChildNode).remove()
}

/** Puts what is inside in front of `before`, last first, moving only what stands elsewhere. Returns what stands first. */
function place(owner: Drawn, parent: Node, before: Node | null): Node | null {
  let next = before
  for (const drawn of [...owner.inside].reverse()) {
    const { dom } = drawn
    if (!dom) next = place(drawn, parent, next)
    else {
      if (dom.parentNode !== parent || dom.nextSibling !== next) parent.insertBefore(dom, next)
      next = dom
    }
  }
  return next
}

/** A component whose state has changed, and the order of what stands in the element around it. */
function redraw(drawn: Drawn): void {
  if (drawn.gone) return
  drawComponent(drawn, drawn.vnode as VNode)
  let around: Drawn | undefined = drawn
  while (around && !around.dom) around = around.owner
  if (around?.dom) place(around, around.dom, null)
  finish()
}
