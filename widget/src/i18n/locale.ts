import type { ErrorCode } from '@halley/shared'
import type { Language } from './tables.ts'
import type { Plural, WordKey } from './words.ts'

/** One language as a feed speaks it. Its methods are cheap: what `Intl` makes is made once. */
export interface Locale {
  readonly lang: string
  readonly dir: 'ltr' | 'rtl'
  /** The words for a key or an error's code, empty where there are none; a number fills `{n}` and chooses the plural form. */
  say(key: WordKey | ErrorCode | 'live', n?: number): string
  /** A time as people say it: "now", "5 min. ago", "14:05", "3 May, 14:05". */
  when(then: Date, now: number): string
  /** The same in full, for a title. */
  full(then: Date): string
}

const RIGHT_TO_LEFT = /^(ar|he|fa|ur|ps|sd|ug|yi|dv|ckb)\b/

/** The tag if `Intl` takes it: browsers also report things like `en-US@posix`, and for them it throws. */
function understood(tag: string): unknown {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag)[0]
  } catch {}
  return undefined
}

/** A locale for what `loadWords` found; numbers, dates and times as the reader's own variety of the language has them. */
export function makeLocale({ lang, words }: Language): Locale {
  const [base] = lang.split('-')
  const own = navigator.languages.filter((tag) => tag.split('-')[0] === base)
  const reader = [...own, lang].find(understood)
  const dates = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(reader, options)
  const clock = { hour: 'numeric', minute: '2-digit' } as const
  const today = dates(clock)
  const day = dates({ day: 'numeric', month: 'short', ...clock })
  const year = dates({ dateStyle: 'medium' })
  const full = dates({ dateStyle: 'full', timeStyle: 'short' })
  const ago = new Intl.RelativeTimeFormat(reader, { numeric: 'auto', style: 'short' })
  const plurals = new Intl.PluralRules(reader)
  return {
    lang,
    dir: RIGHT_TO_LEFT.test(lang) ? 'rtl' : 'ltr',
    say(key, n = 0) {
      const found = (words as { readonly [key: string]: string | Plural })[key] ?? ''
      const text = typeof found === 'string' ? found : (found[plurals.select(n)] ?? found.other)
      return text.replace('{n}', () => n.toLocaleString(reader))
    },
    when(then, now) {
      const minutes = Math.trunc((now - +then) / 60_000)
      // A clock may be a little behind the server's.
      if (minutes > -2 && minutes < 1) return ago.format(0, 'second')
      if (minutes > 0 && minutes < 60) return ago.format(-minutes, 'minute')
      const current = new Date(now)
      const same = then.getFullYear() === current.getFullYear()
      return (same ? (then.toDateString() === current.toDateString() ? today : day) : year).format(then)
    },
    full: (then) => full.format(then),
  }
}
