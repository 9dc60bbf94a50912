const SHOWN_MS = 6000
/** Time enough to reach a button by keyboard. */
const UNDO_MS = 15_000
const timers = new WeakMap<Element, ReturnType<typeof setTimeout>>()

/** Says in the feed's status line what was done or why it was not, with a `button` for what can be done about it. */
export function tell(root: ParentNode, text: string, button?: { label: string; act: () => void }): void {
  const place = root.querySelector('[role=status] > :last-child')
  if (!place) return
  clearTimeout(timers.get(place))
  const clear = () => place.replaceChildren()
  place.replaceChildren(text)
  if (button) {
    const element = document.createElement('button')
    element.part = 'button'
    element.append(button.label)
    element.onclick = () => {
      clear()
      button.act()
    }
    place.append(' ', element)
  }
  timers.set(place, setTimeout(clear, button ? UNDO_MS : SHOWN_MS))
}
