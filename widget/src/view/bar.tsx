import { Component, createRef } from 'preact'
import type { FeedStatus, FeedView } from '../feed/feed-view.ts'
import type { Locale } from '../i18n/locale.ts'
import { Note } from './note.tsx'
import type { Setting } from './setting.ts'
import { refreshTimes } from './time.tsx'

const TICK_MS = 20_000

/** Words for a state are named like it, and those for an error by its code; there are none for `live`. */
function inWords(status: FeedStatus, { say }: Locale): string {
  if (status.state === 'failed') return say(status.code) || say('failed')
  return say('offline' in status && status.offline ? 'offline' : status.state)
}

interface BarProps {
  readonly view: FeedView
  readonly setting: Setting
}

/**
 * What floats at the feed's newest edge and takes no room of its own: the one polite status, and the pill that leads
 * to what waits. The status is always in the page, or its first message would not be read out; its second part is for
 * `tell`. While the feed is in the page its times are kept true from here.
 */
export class Bar extends Component<BarProps> {
  bar = createRef<HTMLDivElement>()
  timer: ReturnType<typeof setInterval> | undefined

  tick = (): void => {
    const bar = this.bar.current
    if (bar?.isConnected) refreshTimes(bar.getRootNode() as ShadowRoot, this.props.setting.locale)
    else {
      clearInterval(this.timer)
      this.timer = undefined
    }
  }

  override componentDidMount(): void {
    this.timer ??= setInterval(this.tick, TICK_MS)
  }

  override componentDidUpdate(): void {
    this.componentDidMount()
  }

  override render({ view: { waiting, newer, status }, setting: { locale, actions } }: BarProps) {
    const failed = status.state === 'failed'
    return (
      <div part="bar" ref={this.bar} data-state={status.state}>
        <div role="status">
          <span part="status">{inWords(status, locale)}</span>
          <span part="status" />
        </div>
        {failed
          ? /^(sign-in|token)/.test(status.code) && (
              <Note part="login" label={locale.say('signIn')} act={actions.login} />
            )
          : (waiting || newer !== 'end') && (
              <button type="button" part="pill" onClick={() => actions.showNewest()}>
                {locale.say(waiting ? 'newItems' : 'newest', waiting)}
              </button>
            )}
      </div>
    )
  }
}
