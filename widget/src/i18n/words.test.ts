import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import ar from './ar.ts'
import de from './de.ts'
import { en } from './en.ts'
import { enPoster } from './en-poster.ts'
import es from './es.ts'
import fr from './fr.ts'
import ja from './ja.ts'
import { makeLocale } from './locale.ts'
import { addEnglish, loadWords } from './tables.ts'
import type { Plural, WordsTable } from './words.ts'

const english: WordsTable = { ...en, ...enPoster }
const TABLES: [string, WordsTable][] = Object.entries({ en: english, de, es, fr, ar, ja })
const owner: { words?: Record<string, WordsTable> } = {}

afterAll(() => {
  Reflect.deleteProperty(globalThis, 'window')
})
beforeAll(() => {
  Object.assign(globalThis, { window: { halley: owner } })
  addEnglish(enPoster)
})

const isPlural = (words: unknown): words is Plural => typeof words === 'object'
const phrases = (words: string | Plural): string[] => (isPlural(words) ? Object.values(words) : [words])

test.each(TABLES)('LANG1 the table of %s has words for every key and for no others', (_, table) => {
  expect(Object.keys(table).sort()).toEqual(Object.keys(english).sort())
  for (const words of Object.values(table)) {
    for (const phrase of phrases(words)) expect(phrase).toMatch(/^\S.*\S$|^\S$/)
  }
})

test.each(TABLES)(
  'LANG2 the table of %s has every plural form of its language and no others',
  (lang, table) => {
    const forms = new Intl.PluralRules(lang).resolvedOptions().pluralCategories
    for (const [key, words] of Object.entries(table)) {
      expect(isPlural(words), key).toBe(isPlural(english[key as keyof WordsTable]))
      if (isPlural(words)) expect(Object.keys(words).sort(), key).toEqual([...forms].sort())
    }
  },
)

test.each(TABLES)('LANG2 says numbers in %s with the form that they ask for', (lang, table) => {
  const rules = new Intl.PluralRules(lang)
  const locale = makeLocale({ lang, words: table })
  const { newItems } = table
  for (const n of [0, 1, 2, 3, 5, 11, 21, 100, 1234]) {
    const form = newItems?.[rules.select(n)] ?? newItems?.other
    expect(locale.say('newItems', n)).toBe(form?.replace('{n}', n.toLocaleString(lang)))
  }
})

const speak = async (tag: string) => makeLocale(await loadWords(tag))

test('LANG3 fetches the table of a language, of its varieties too, and is English where there is none', async () => {
  const austrian = await speak('de-at')
  expect([austrian.lang, austrian.say('retry')]).toEqual(['de-at', de.retry])
  expect((await speak('de-12')).say('newItems', 2)).toBe('2 neue Beiträge')
  for (const tag of ['tlh', 'constructor', '__proto__', 'x', '']) {
    const locale = await speak(tag)
    expect([locale.lang, locale.say('retry')]).toEqual(['en', en.retry])
  }
})

test('LANG4 takes an owner’s words before its own, and says the rest as it says it', async () => {
  onTestFinished(() => {
    delete owner.words
  })
  owner.words = { pt: { retry: 'Tentar de novo' }, de: { post: 'Abschicken' }, en: { retry: 'Again' } }
  const brazilian = await speak('pt-br')
  expect(brazilian.lang).toBe('pt-br')
  expect(brazilian.say('retry')).toBe('Tentar de novo')
  expect(brazilian.say('loading')).toBe(en.loading)
  expect((await speak('de')).say('post')).toBe('Abschicken')
  expect((await speak('de')).say('edit')).toBe(de.edit)
  for (const tag of ['en', 'en-gb', 'tlh', '']) expect((await speak(tag)).say('retry')).toBe('Again')
})

test('LANG5 writes from right to left where the language does', () => {
  const directions = ['ar', 'ar-eg', 'he', 'fa', 'ur', 'de', 'ja', 'arn'].map(
    (lang) => makeLocale({ lang, words: {} }).dir,
  )
  expect(directions).toEqual(['rtl', 'rtl', 'rtl', 'rtl', 'rtl', 'ltr', 'ltr', 'ltr'])
})

test('LANG6 says how long ago within the hour, then when', () => {
  const now = new Date(2026, 2, 14, 15, 26, 53)
  const { when } = makeLocale({ lang: 'en', words: en })
  const before = (minutes: number) => when(new Date(+now - minutes * 60_000), +now)
  expect([before(-1), before(0), before(5), before(59)]).toEqual(['now', 'now', '5 min. ago', '59 min. ago'])
  expect(before(61)).toMatch(/^(14:25|2:25\sPM)$/)
  expect(before(60 * 26)).toMatch(/^(Mar 13|13 Mar), (13:26|1:26\sPM)$/)
  expect(before(60 * 24 * 400)).toMatch(/2025$/)
})

test('LANG7 a language that the browser names in a way unknown to Intl does no harm', () => {
  const before = Object.getOwnPropertyDescriptor(navigator, 'languages')
  Object.defineProperty(navigator, 'languages', {
    configurable: true,
    value: ['en-US@posix', 'x_y z', 'en-GB'],
  })
  try {
    const locale = makeLocale({ lang: 'en', words: en })
    expect(locale.say('newItems', 1234)).toContain('1,234')
    expect(locale.full(new Date(2026, 4, 3, 14, 5))).toContain('3 May 2026')
  } finally {
    if (before) Object.defineProperty(navigator, 'languages', before)
    else Reflect.deleteProperty(navigator, 'languages')
  }
})
