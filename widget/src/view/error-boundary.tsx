import { Component, type ComponentChildren } from 'preact'
import type { Locale } from '../i18n/locale.ts'
import { withWatch } from '../with-watch.ts'
import { Note } from './note.tsx'

interface ErrorBoundaryProps {
  readonly locale: Locale
  readonly children: ComponentChildren
}

/** Keeps a mistake of ours inside the feed, says so, and offers to draw it again. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { broken?: boolean }> {
  override componentDidCatch(error: unknown): void {
    console.error('halley:', error)
    withWatch('report', error)
    this.setState({ broken: true })
  }

  override render({ locale, children }: ErrorBoundaryProps) {
    if (!this.state.broken) return children
    return (
      <Note
        part="empty"
        text={locale.say('crashed')}
        label={locale.say('retry')}
        act={() => this.setState({ broken: false })}
      />
    )
  }
}
