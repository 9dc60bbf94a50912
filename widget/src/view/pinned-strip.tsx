import type { LiveItem } from '@halley/shared'
import type { Setting } from './setting.ts'

interface PinnedStripProps {
  readonly pinned: readonly LiveItem[]
  readonly setting: Setting
}

/** What moderators keep in sight: each leads to its item. */
export function PinnedStrip({ pinned, setting: { locale, actions } }: PinnedStripProps) {
  if (pinned.length === 0) return null
  const open = (event: Event, id: string) => {
    event.preventDefault()
    actions.openAround(id)
  }
  return (
    <nav part="pinned" aria-label={locale.say('pinned')}>
      <div part="label">{locale.say('pinned')}</div>
      {pinned.map(({ id, author, text }) => (
        <a key={id} href={actions.linkTo(id)} onClick={(event) => open(event, id)}>
          <b dir="auto">{author.name}</b> <span dir="auto">{text}</span>
        </a>
      ))}
    </nav>
  )
}
