import type { Locale } from '../i18n/locale.ts'
import { Note } from './note.tsx'

/** A room in which nothing was said yet. */
export function EmptyRoom({ locale }: { readonly locale: Locale }) {
  return <Note part="empty" text={locale.say('empty')} />
}
