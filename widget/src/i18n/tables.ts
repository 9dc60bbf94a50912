import { en } from './en.ts'
import type { WordKey, Words, WordsTable } from './words.ts'

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
  const key = lang.toLowerCase()
  tables.set(key, { ...tables.get(key), ...table })
}

/** Words that come with Halley: they never replace what an owner added. */
export function addDefaults(lang: string, table: WordsTable): void {
  tables.set(lang, { ...table, ...tables.get(lang) })
}

/** The languages to look in for a tag, nearest first. */
function candidates(lang: string): string[] {
  const tag = lang.toLowerCase()
  const base = tag.split('-')[0] ?? ''
  return tag === base ? [tag] : [tag, base]
}

/** Fetches what a tag needs, and says which language that is: English where nobody made a table, or none can be had. */
export async function loadWords(lang: string): Promise<string> {
  for (const tag of candidates(lang)) {
    const load = Object.hasOwn(SHIPPED, tag) ? SHIPPED[tag] : undefined
    const shipped = await load?.().catch(() => undefined)
    if (shipped) addDefaults(tag, shipped.default)
  }
  return candidates(lang).some((tag) => tables.has(tag)) ? lang : 'en'
}

/** What a language says for a key, or English. English for posters comes with their controls, so it may be absent before. */
export function wordsFor<K extends WordKey>(lang: string, key: K): Words[K] | '' {
  for (const tag of [...candidates(lang), 'en']) {
    const words = tables.get(tag)?.[key]
    if (words !== undefined) return words as Words[K]
  }
  return ''
}
