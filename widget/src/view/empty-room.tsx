import type { Locale } from '../i18n/locale.ts'

/** A room in which nothing was said yet. */
export function EmptyRoom({ locale }: { readonly locale: Locale }) {
  return (
    <div part="empty">
      <b>{locale.say('empty')}</b>
      <p>{locale.say('emptyMore')}</p>
    </div>
  )
}
