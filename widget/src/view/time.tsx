import type { Locale } from '../i18n/locale.ts'

/** When something was posted, as people say it; in full where the pointer rests. `refreshTimes` keeps it true. */
export function Time({ at, locale }: { readonly at: string; readonly locale: Locale }) {
  const then = new Date(at)
  return (
    <time dateTime={at} title={locale.full(then)}>
      {locale.when(then, Date.now())}
    </time>
  )
}

/** Says all times below an element anew: cheaper than drawing their rows again. */
export function refreshTimes(root: ParentNode, locale: Locale): void {
  for (const time of root.querySelectorAll('time')) {
    const text = locale.when(new Date(time.dateTime), Date.now())
    // In its own text, which is drawn into again.
    const node = time.firstChild as Text
    if (node.data !== text) node.data = text
  }
}
