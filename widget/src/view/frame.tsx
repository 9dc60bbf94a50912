import type { ComponentChildren } from 'preact'
import type { Locale } from '../i18n/locale.ts'

interface FrameProps {
  readonly locale: Locale
  /** `auto` takes the page's own colours; the others bring a ground of their own. */
  readonly theme: 'auto' | 'light' | 'dark'
  readonly order: 'newest-first' | 'newest-last'
  readonly children: ComponentChildren
}

/** The outermost element of a feed: resets what pages do to everything, and sets language, direction and theme. */
export function Frame({ locale, theme, order, children }: FrameProps) {
  const own = theme !== 'auto' && theme
  return (
    <div
      part="root"
      lang={locale.lang}
      dir={locale.dir}
      data-theme={own || undefined}
      data-order={order}
      // Set as a property, which no Content-Security-Policy forbids.
      style={{ colorScheme: own || '' }}
    >
      {children}
    </div>
  )
}
