/** These are other things as properties than as attributes. */
const ATTRIBUTES = /^(href|list|form|role|tabIndex)$/

/** One property of an element becomes another one. */
export function setProp(element: HTMLElement, name: string, value: unknown, old: unknown): void {
  const dom = element as HTMLElement & Record<string, unknown>
  if (name === 'children') return
  if (name === 'style') {
    const style = dom.style as unknown as Record<string, unknown>
    for (const key in { ...(value as object), ...(old as object) }) {
      style[key] = (value as Record<string, unknown> | undefined)?.[key] ?? ''
    }
  } else if (name.startsWith('on')) dom[name.toLowerCase()] = value
  else if (name in dom && !ATTRIBUTES.test(name)) {
    // What was typed meanwhile counts, not what was drawn last.
    if (name !== 'value' || dom[name] !== value) dom[name] = value ?? ''
  } else if (value == null || (value === false && name[4] !== '-')) dom.removeAttribute(name)
  else dom.setAttribute(name, value as string)
}
