import type { ErrorCode } from '@halley/shared'
import { wordsFor } from './tables.ts'
import type { WordKey } from './words.ts'

/** One language as a feed speaks it. Its methods are cheap: what `Intl` makes is made once. */
export interface Locale {
  readonly lang: string
  readonly dir: 'ltr' | 'rtl'
  /** The words for a key or an error's code, empty where there are none; a number fills `{n}` and chooses the plural form. */
  say(key: WordKey | ErrorCode, n?: number): string
  /** A time as people say it: "now", "5 min. ago", "14:05", "3 May, 14:05". */
  when(then: Date, now: number): string
  /** The same in full, for a title. */
  full(then: Date): string
}

const RIGHT_TO_LEFT = /^(ar|he|fa|ur|ps|sd|ug|yi|dv|ckb)\b/
const MINUTE = 60_000
export const HOUR = 60 * MINUTE

/** Makes each formatter once, when it is first asked for: they are slow to make. */
function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

/** The reader's own variety of the language (en-GB for a reader in Britain), for numbers, dates and times. */
function variety(lang: string): string {
  const base = lang.split('-')[0]
  return navigator.languages.find((tag) => tag.split('-')[0] === base) ?? lang
}

/** A locale for a language that `loadWords` chose. */
export function makeLocale(lang: string): Locale {
  const reader = variety(lang)
  const dates = (options: Intl.DateTimeFormatOptions) => once(() => new Intl.DateTimeFormat(reader, options))
  const plurals = once(() => new Intl.PluralRules(lang))
  const numbers = once(() => new Intl.NumberFormat(reader))
  const ago = once(() => new Intl.RelativeTimeFormat(reader, { numeric: 'auto', style: 'short' }))
  const today = dates({ hour: 'numeric', minute: '2-digit' })
  const day = dates({ day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' })
  const year = dates({ dateStyle: 'medium' })
  const full = dates({ dateStyle: 'full', timeStyle: 'short' })
  return {
    lang,
    dir: RIGHT_TO_LEFT.test(lang) ? 'rtl' : 'ltr',
    say(key, n = 0) {
      const words = wordsFor(lang, key)
      const text = typeof words === 'string' ? words : (words[plurals().select(n)] ?? words.other)
      return text.replace('{n}', () => numbers().format(n))
    },
    when(then, now) {
      const minutes = Math.trunc((now - +then) / MINUTE)
      if (minutes > -2 && minutes < 60) {
        return minutes < 1 ? ago().format(0, 'second') : ago().format(-minutes, 'minute')
      }
      const current = new Date(now)
      if (then.toDateString() === current.toDateString()) return today().format(then)
      return (then.getFullYear() === current.getFullYear() ? day() : year()).format(then)
    },
    full: (then) => full().format(then),
  }
}
