import type { ComponentChildren } from 'preact'
import type { Locale } from '../i18n/locale.ts'

interface FrameProps {
  readonly locale: Locale
  readonly order: 'newest-first' | 'newest-last'
  readonly children: ComponentChildren
}

/** The outermost element of a feed: resets what pages do to everything, and sets language and direction. */
export function Frame({ locale, order, children }: FrameProps) {
  return (
    <div part="root" lang={locale.lang} dir={locale.dir} data-order={order}>
      {children}
    </div>
  )
}
