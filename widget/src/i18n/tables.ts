import { en } from './en.ts'
import type { Plural, Words, WordsTable } from './words.ts'

/** Languages that come with Halley, each a file of its own that is fetched when it is asked for. */
const SHIPPED: { readonly [lang: string]: () => Promise<{ readonly default: Words }> } = {
  de: () => import('./de.ts'),
  es: () => import('./es.ts'),
  fr: () => import('./fr.ts'),
  ar: () => import('./ar.ts'),
  ja: () => import('./ja.ts'),
}

const tables = new Map<string, WordsTable>([['en', en]])

/**
 * Adds or replaces words of a language (a BCP 47 tag such as `pt` or `pt-BR`), also of one that comes with Halley.
 * Called before a feed with that `data-lang` is drawn; words that are absent are shown in English.
 */
export function addWords(lang: string, table: WordsTable): void {
  const tag = lang.toLowerCase()
  tables.set(tag, { ...tables.get(tag), ...table })
}

/** Words that come with Halley: they never replace what an owner added. */
export function addDefaults(lang: string, table: WordsTable): void {
  tables.set(lang, { ...table, ...tables.get(lang) })
}

/** The languages to look in for a tag in lower case, nearest first. */
const candidates = (tag: string): string[] => [tag, tag.replace(/-.*/, '')]

/** Fetches what a tag needs, and says which language that is: English where nobody made a table, or none can be had. */
export async function loadWords(lang: string): Promise<string> {
  const [tag = '', base = ''] = candidates(lang.toLowerCase())
  const shipped = Object.hasOwn(SHIPPED, base) && (await SHIPPED[base]?.().catch(() => undefined))
  if (shipped) addDefaults(base, shipped.default)
  return tables.has(tag) || tables.has(base) ? tag : 'en'
}

/** What a language says for a key, or English; empty where nobody has words for it. */
export function wordsFor(lang: string, key: string): string | Plural {
  for (const tag of [...candidates(lang), 'en']) {
    const words = (tables.get(tag) as Readonly<Record<string, string | Plural>> | undefined)?.[key]
    if (words) return words
  }
  return ''
}
