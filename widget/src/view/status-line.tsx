import { Component } from 'preact'
import type { FeedStatus } from '../feed/feed-view.ts'
import type { Locale } from '../i18n/locale.ts'
import type { WordKey } from '../i18n/words.ts'
import type { Notice } from './notice.ts'

const NOTICE_MS = 8000

function statusWord(status: FeedStatus): WordKey | undefined {
  switch (status.state) {
    case 'live':
      return undefined
    case 'connecting':
      return 'connecting'
    case 'reconnecting':
      return status.offline ? 'offline' : 'reconnecting'
    case 'failed':
      return failedWord(status.code)
  }
}

function failedWord(code: string): WordKey {
  if (code === 'room-unknown') return 'failedUnknown'
  if (code === 'origin-forbidden') return 'failedOrigin'
  if (code === 'forbidden') return 'failedForbidden'
  return /^(sign-in|token)/.test(code) ? 'failedSignIn' : 'failed'
}

interface StatusLineProps {
  readonly status: FeedStatus
  readonly locale: Locale
}

/** The feed's one polite status: how the connection is in words, and for a moment what was just done. Always in the page, or its first message would not be read out. */
export class StatusLine extends Component<StatusLineProps, { notice?: Notice | undefined }> {
  root: Node | undefined
  timer: ReturnType<typeof setTimeout> | undefined

  onNotice = (event: Event): void => {
    clearTimeout(this.timer)
    this.timer = setTimeout(this.clear, NOTICE_MS)
    this.setState({ notice: (event as CustomEvent<Notice>).detail })
  }

  clear = (): void => this.setState({ notice: undefined })

  attach = (element: Element | null): void => {
    this.root?.removeEventListener('notice', this.onNotice)
    this.root = element?.getRootNode()
    this.root?.addEventListener('notice', this.onNotice)
  }

  override componentWillUnmount(): void {
    clearTimeout(this.timer)
  }

  override render({ status, locale }: StatusLineProps) {
    const { notice } = this.state
    const word = statusWord(status)
    return (
      <div role="status" part="status" data-state={status.state} ref={this.attach}>
        {notice ? notice.text : word && locale.say(word)}
        {notice?.undo && (
          <button
            type="button"
            part="undo"
            onClick={() => {
              this.clear()
              notice.undo?.run()
            }}
          >
            {notice.undo.label}
          </button>
        )}
      </div>
    )
  }
}
