const SHOWN_MS = 6000
const timers = new WeakMap<Element, ReturnType<typeof setTimeout>>()

/** Says once in the feed's status line what was done or why it was not. `root` is the feed's shadow root. */
export function tell(root: ParentNode, text: string): void {
  const place = root.querySelector('[role=status] > :last-child')
  if (!place) return
  clearTimeout(timers.get(place))
  place.textContent = text
  timers.set(
    place,
    setTimeout(() => {
      place.textContent = ''
    }, SHOWN_MS),
  )
}
