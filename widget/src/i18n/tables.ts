import type { Halley } from '../halley.ts'
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

const tables: { [lang: string]: WordsTable } = { en }

/** What the page's owner says in a language: `window.halley.words`. */
const ownersTable = (tag: string): WordsTable | undefined =>
  (window as { halley?: Halley }).halley?.words?.[tag]

/** Words that come with Halley and with a later part of it. */
export function addWords(lang: string, table: WordsTable): void {
  tables[lang] = { ...tables[lang], ...table }
}

/** The languages to look in for a tag, nearest first. */
const candidates = (tag: string): string[] => [tag, tag.replace(/-.*/, '')]

/** Fetches what a tag needs, and says which language that is: English where nobody made a table, or none can be had. */
export async function loadWords(tag: string): Promise<string> {
  const base = candidates(tag)[1] ?? ''
  const shipped = Object.hasOwn(SHIPPED, base) && (await SHIPPED[base]?.().catch(() => undefined))
  if (shipped) addWords(base, shipped.default)
  return candidates(tag).some((lang) => ownersTable(lang) ?? Object.hasOwn(tables, lang)) ? tag : 'en'
}

/** What a language says for a key, or English; empty where nobody has words for it. */
export function wordsFor(tag: string, key: string): string | Plural {
  for (const lang of [...candidates(tag), 'en']) {
    for (const table of [ownersTable(lang), tables[lang]]) {
      const words = (table as Readonly<Record<string, string | Plural>> | undefined)?.[key]
      if (words) return words
    }
  }
  return ''
}
