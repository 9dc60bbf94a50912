import type { ComponentChildren } from 'preact'
import type { Locale } from '../i18n/locale.ts'

interface FrameProps {
  readonly locale: Locale
  /** With a ground of its own; without it takes the page's colours. */
  readonly theme: 'light' | 'dark' | undefined
  readonly order: 'newest-first' | 'newest-last'
  readonly children: ComponentChildren
}

/** The outermost element of a feed: resets what pages do to everything, and sets language, direction and theme. */
export function Frame({ locale, theme, order, children }: FrameProps) {
  return (
    <div
      part="root"
      lang={locale.lang}
      dir={locale.dir}
      data-theme={theme}
      data-order={order}
      // Set as a property, which no Content-Security-Policy forbids.
      style={{ colorScheme: theme ?? '' }}
    >
      {children}
    </div>
  )
}
