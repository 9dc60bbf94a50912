import { type Locale, makeLocale } from './locale.ts'
import { loadWords } from './tables.ts'

/** The locale for `data-lang`, else the document's language. Never rejects: without a table it is English. */
export async function loadLocale(lang: string | undefined): Promise<Locale> {
  return makeLocale(await loadWords((lang || document.documentElement.lang).toLowerCase()))
}
