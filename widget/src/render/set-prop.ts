type Listeners = Record<string, ((event: Event) => void) | undefined>
type Element_ = HTMLElement & { listeners?: Listeners } & Record<string, unknown>

/** These are other things as properties than as attributes. */
const ATTRIBUTES = /^(href|list|form|role|tabIndex)$/

function hear(this: Element_, event: Event): void {
  this.listeners?.[event.type]?.(event)
}

/** One property of an element becomes another one. */
export function setProp(element: HTMLElement, name: string, value: unknown, old: unknown): void {
  const dom = element as Element_
  if (name === 'children') return
  if (name === 'style') {
    const style = dom.style as unknown as Record<string, unknown>
    for (const key in { ...(value as object), ...(old as object) }) {
      style[key] = (value as Record<string, unknown> | undefined)?.[key] ?? ''
    }
  } else if (name.startsWith('on')) {
    const type = name.slice(2).toLowerCase()
    dom.listeners ??= {}
    if (!(type in dom.listeners)) dom.addEventListener(type, hear)
    dom.listeners[type] = value as Listeners[string]
  } else if (name in dom && !ATTRIBUTES.test(name)) {
    // What was typed meanwhile counts, not what was drawn last.
    if (name !== 'value' || dom[name] !== value) dom[name] = value ?? ''
  } else if (value == null || (value === false && name[4] !== '-')) dom.removeAttribute(name)
  else dom.setAttribute(name, value as string)
}
