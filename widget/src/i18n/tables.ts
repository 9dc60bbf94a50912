import type { Halley } from '../halley.ts'
import { en } from './en.ts'
import type { Words, WordsTable } from './words.ts'

/** Languages that come with Halley, each a file of its own that is fetched when it is asked for. */
const SHIPPED: { readonly [lang: string]: (() => Promise<{ readonly default: Words }>) | undefined } = {
  de: () => import('./de.ts'),
  es: () => import('./es.ts'),
  fr: () => import('./fr.ts'),
  ar: () => import('./ar.ts'),
  ja: () => import('./ja.ts'),
}

const english: WordsTable = { ...en }

/** English words that come with a later part of Halley; every table falls back to them from then on. */
export function addEnglish(words: WordsTable): void {
  Object.assign(english, words)
}

/** A language and what it says; what it has no words for it says in English. */
export interface Language {
  readonly lang: string
  readonly words: WordsTable
}

/**
 * Fetches what a tag needs, in lower case. An owner's words (`window.halley.words`) come before those of Halley; where
 * nobody made a table for the language or it cannot be had, it is English.
 */
export async function loadWords(asked: string): Promise<Language> {
  // What a page says of its language may be anything; this is what `Intl` takes.
  const [tag, base] = /^([a-z]{2,3})(-[a-z0-9]{2,8})*$/.exec(asked) ?? ['en', 'en']
  const owners = (window as { halley?: Halley }).halley?.words ?? {}
  const shipped = await SHIPPED[base as string]?.().catch(() => undefined)
  const known = shipped || owners[base as string] || owners[tag]
  const words = Object.create(english)
  return {
    lang: known ? tag : 'en',
    words: Object.assign(words, shipped?.default, known ? owners[base as string] : owners.en, owners[tag]),
  }
}
