import { Component } from 'preact'
import type { FeedStatus } from '../feed/feed-view.ts'
import type { Locale } from '../i18n/locale.ts'
import type { Notice } from './notice.ts'

const NOTICE_MS = 8000

function inWords(status: FeedStatus, { say }: Locale): string {
  switch (status.state) {
    case 'live':
      return ''
    case 'connecting':
      return say('connecting')
    case 'reconnecting':
      return say(status.offline ? 'offline' : 'reconnecting')
    case 'failed':
      return say(status.code) || say('failed')
  }
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
    return (
      <div role="status" part="status" data-state={status.state} ref={this.attach}>
        {notice ? notice.text : inWords(status, locale)}
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
