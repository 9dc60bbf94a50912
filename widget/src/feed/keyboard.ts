/**
 * The keys of the ARIA feed pattern: Page Up and Page Down go from article to article, Control+Home and Control+End
 * leave the feed towards what stands before and after it.
 */
export function onFeedKey(
  event: KeyboardEvent,
  list: HTMLElement,
  before: HTMLElement,
  after: HTMLElement,
): void {
  const { key, ctrlKey } = event
  const step = key === 'PageDown' ? 1 : key === 'PageUp' ? -1 : 0
  if (step && !ctrlKey) {
    const article = (event.target as Element).closest('article')
    const rows = [...list.querySelectorAll<HTMLElement>('article')]
    const next = article ? rows[rows.indexOf(article as HTMLElement) + step] : rows[0]
    if (!next) return
    event.preventDefault()
    next.focus()
    next.scrollIntoView({ block: 'nearest' })
  } else if (ctrlKey && (key === 'Home' || key === 'End')) {
    event.preventDefault()
    const stop = key === 'Home' ? before : after
    stop.focus()
    stop.scrollIntoView({ block: 'nearest' })
  }
}
