import { Component, type ComponentChildren } from 'preact'
import type { Locale } from '../i18n/locale.ts'

interface ErrorBoundaryProps {
  readonly locale: Locale
  readonly children: ComponentChildren
}

/** Keeps a mistake of ours inside the feed, says so, and offers to draw it again. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { broken?: boolean }> {
  override componentDidCatch(error: unknown): void {
    console.error('[halley]', error)
    this.setState({ broken: true })
  }

  override render({ locale, children }: ErrorBoundaryProps) {
    if (!this.state.broken) return children
    return (
      <div part="empty" role="alert">
        <p>{locale.say('crashed')}</p>
        <button type="button" part="button" onClick={() => this.setState({ broken: false })}>
          {locale.say('retry')}
        </button>
      </div>
    )
  }
}
