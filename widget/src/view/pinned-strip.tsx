import type { LiveItem } from '@halley/shared'
import { linkTo } from './link-to.ts'
import type { Setting } from './setting.ts'

interface PinnedStripProps {
  readonly pinned: readonly LiveItem[]
  readonly setting: Setting
}

/** What moderators keep in sight: each leads to its item. */
export function PinnedStrip({ pinned, setting: { locale, actions } }: PinnedStripProps) {
  if (!pinned[0]) return null
  return (
    <nav part="pinned" aria-label={locale.say('pinned')}>
      {pinned.map(({ id, author, text }) => (
        <a
          key={id}
          part="pin"
          href={linkTo(id)}
          onClick={(event) => {
            event.preventDefault()
            actions.openAround(id)
          }}
        >
          <b dir="auto">{author.name}</b> <span dir="auto">{text}</span>
        </a>
      ))}
    </nav>
  )
}
