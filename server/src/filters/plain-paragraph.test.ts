import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildBody } from './build-body.ts'
import { cleanText } from './clean-text.ts'
import { markdown } from './markdown.ts'
import { parseText } from './parse-text.ts'
import { plainParagraph } from './plain-paragraph.ts'

const pieces = [
  ...'aZé字🎉 \u00a0\u3000.,;!?()]{}>|=-+#&"\'$%^:/~1',
  ...[
    'http:',
    'https://a.example',
    '//a.example',
    'mailto:a',
    'a@b.example',
    '&amp;',
    '  ',
    '1. ',
    '- ',
    '> ',
  ],
  ...['www.example.com', '\\', '`', '*a*', '_a_', '[a](b)', '<a', '\n', '\t', '](', '![', ': ', '/ ', 'ftp:'],
]
const typed = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'grapheme', maxLength: 3 })))

test('BODY11 what is taken for plain is what the full parser makes of it', () => {
  let plain = 0
  fc.assert(
    fc.property(typed, (parts) => {
      const text = `${parts.length % 2 ? 'So ' : ''}${parts.join('')}`
      if (text.includes('\u0000') || !text.isWellFormed()) return
      const clean = cleanText(text)
      const body = plainParagraph(clean)
      if (!body) return
      plain += 1
      expect(body).toEqual(buildBody(markdown.parse(clean, {})))
      expect(parseText(text)).toEqual({ body, text: clean })
    }),
    { numRuns: 5000 },
  )
  expect(plain).toBeGreaterThan(300)
})

test('BODY11 plain sentences are taken for plain, and marks and addresses never', () => {
  for (const text of ['Hello', 'Now: the score is 2-1 (really!) & more', 'Ça va? 1/2', 'Привет, мир'])
    expect(plainParagraph(text)).toEqual([{ type: 'paragraph', children: [text] }])
  for (const text of [
    '1. one',
    '- one',
    'see http://a.example',
    'a *b*',
    'a@b.example',
    'two\nlines',
    'a `b`',
  ])
    expect(plainParagraph(text)).toBeUndefined()
})
