import type { FeedView } from '../feed/feed-view.ts'
import type { Setting } from './setting.ts'
import { StatusLine } from './status-line.tsx'

interface BarProps {
  readonly view: FeedView
  readonly setting: Setting
}

/** What floats at the feed's newest edge and takes no room of its own: the status, and the pill that leads to what waits. */
export function Bar({ view, setting }: BarProps) {
  const { waiting, newer, status } = view
  return (
    <div part="bar">
      <StatusLine status={status} locale={setting.locale} />
      {(waiting > 0 || newer !== 'end') && status.state !== 'failed' && (
        <button type="button" part="pill" onClick={() => setting.actions.showNewest()}>
          {waiting > 0 ? setting.locale.say('newItems', { n: waiting }) : setting.locale.say('newest')}
        </button>
      )}
    </div>
  )
}
