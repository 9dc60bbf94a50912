import type { FeedView } from '../feed/feed-view.ts'
import type { Setting } from './setting.ts'
import { StatusLine } from './status-line.tsx'

interface BarProps {
  readonly view: FeedView
  readonly setting: Setting
}

/** What floats at the feed's newest edge and takes no room of its own: the status, and the pill that leads to what waits. */
export function Bar({ view: { waiting, newer, status }, setting: { locale, actions } }: BarProps) {
  const failed = status.state === 'failed'
  return (
    <div part="bar" data-state={status.state}>
      <StatusLine status={status} locale={locale} />
      {failed && /^(sign-in|token)/.test(status.code) && (
        <button type="button" part="button" onClick={() => actions.login()}>
          {locale.say('signIn')}
        </button>
      )}
      {!failed && (waiting > 0 || newer !== 'end') && (
        <button type="button" part="pill" onClick={() => actions.showNewest()}>
          {waiting > 0 ? locale.say('newItems', waiting) : locale.say('newest')}
        </button>
      )}
    </div>
  )
}
