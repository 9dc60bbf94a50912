import type { Elements } from './viewport.ts'

/**
 * The keys of the ARIA feed pattern: Page Up and Page Down go from article to article, Control+Home and Control+End
 * leave the feed towards what stands before and after it.
 */
export function onFeedKey(event: KeyboardEvent, { list, before, after }: Elements): void {
  const { key, ctrlKey } = event
  const step = key === 'PageDown' ? 1 : key === 'PageUp' ? -1 : 0
  let next = key === 'Home' ? before : key === 'End' ? after : undefined
  if (step) {
    const rows = [...list.querySelectorAll<HTMLElement>('article')]
    const article = (event.target as Element).closest('article')
    next = rows[article ? rows.indexOf(article) + step : 0]
  }
  if (!next || ctrlKey === !!step) return
  event.preventDefault()
  next.focus()
  next.scrollIntoView({ block: 'nearest' })
}
