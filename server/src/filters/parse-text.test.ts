import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type Body, type BodyNode, bodyExcess, LIMITS } from '@halley/shared'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Problem } from '../problem.ts'
import { cleanText } from './clean-text.ts'
import { parseText } from './parse-text.ts'

const TYPES = new Set(
  'paragraph quote list list-item code-block strong emphasis strike code link break'.split(' '),
)
const KEYS = new Set(['type', 'children', 'href', 'ordered', 'start', 'language'])

function* nodesOf(body: readonly BodyNode[]): Generator<BodyNode> {
  for (const node of body) {
    yield node
    if (typeof node !== 'string') yield* nodesOf(node.children ?? [])
  }
}
const leaves = (body: Body) => [...nodesOf(body)].filter((node) => typeof node === 'string')
const hrefs = (body: Body) =>
  [...nodesOf(body)].flatMap((node) => (typeof node === 'string' ? [] : (node.href ?? [])))

/** Pieces from which a hostile or a careless post is made. */
const piece = fc.constantFrom(
  ...[
    '**',
    '*',
    '_',
    '~~',
    '`',
    '```',
    '\n',
    '\n\n',
    '> ',
    '- ',
    '1. ',
    '7) ',
    '    ',
    '\t',
    '[',
    '](',
    ')',
    '![',
    '<',
  ],
  ...[
    '>',
    '&#x202e;',
    '&amp;',
    '<b>',
    '</script>',
    'javascript:alert(1)',
    'JaVaScRiPt&colon;x',
    'data:text/html,x',
  ],
  ...[
    'https://example.org/a b',
    'http://[::1',
    '//evil.example',
    '/relative',
    'mailto:a@b.example',
    'a@b.example',
  ],
  ...[
    'https://u:p@host.example',
    '\\',
    '| a | b |\n|---|---|',
    '# ',
    '===',
    '---',
    'مرحبا',
    '日本語',
    '👩‍🚀',
    'e\u0301',
  ],
)
const post = fc.oneof(
  fc.array(fc.oneof(piece, fc.string({ maxLength: 6 })), { maxLength: 60 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.tuple(piece, fc.integer({ min: 1, max: 900 })).map(([text, times]) => text.repeat(times).slice(0, 3900)),
)

/** What becomes of a text: its body, or undefined where it was refused by name. */
function parsed(text: string): ReturnType<typeof parseText> | undefined {
  try {
    return parseText(text)
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}

describe('the body of a post', () => {
  test('BODY1 is made of the known nodes and keeps to the limits, whatever was typed', () => {
    fc.assert(
      fc.property(post, (text) => {
        const result = parsed(text)
        if (!result) return
        expect(bodyExcess(result.body)).toBeUndefined()
        for (const node of nodesOf(result.body)) {
          if (typeof node === 'string') continue
          expect(TYPES).toContain(node.type)
          for (const key of Object.keys(node)) expect(KEYS).toContain(key)
          if (node.type === 'link') expect(hrefs(node.children ?? [])).toEqual([])
        }
      }),
      { numRuns: 1500 },
    )
  })

  test('BODY2 has no link but to an absolute http, https or mailto address', () => {
    fc.assert(
      fc.property(post, (text) => {
        for (const href of hrefs(parsed(text)?.body ?? [])) {
          expect(['http:', 'https:', 'mailto:']).toContain(new URL(href).protocol)
          expect(href).toBe(new URL(href).href)
          expect(new URL(href).username + new URL(href).password).toBe('')
        }
      }),
      { numRuns: 1500 },
    )
  })

  test.each([
    '[x](javascript:alert(1))',
    '[x](  JAVASCRIPT:alert(1))',
    '[x](java\tscript:alert(1))',
    '[x](&#106;avascript:alert(1))',
    '[x](data:text/html;base64,PHNjcmlwdD4=)',
    '[x](vbscript:msgbox)',
    '[x](//evil.example)',
    '[x](/relative)',
    '<javascript:alert(1)>',
    '![x](javascript:alert(1))',
    `[x](https://example.org/${'a'.repeat(2000)})`,
  ])('BODY2 leaves the address in %.60s without a link', (text) => {
    expect(hrefs(parseText(text).body)).toEqual([])
  })

  test('BODY3 is accompanied by plain text that says all that is shown, in order', () => {
    fc.assert(
      fc.property(post, (text) => {
        const result = parsed(text)
        if (!result) return
        const bare = (said: string) => said.replace(/[\s>]+|^\d+\. /gu, '')
        let rest = bare(result.text)
        for (const leaf of leaves(result.body)) {
          for (const word of leaf
            .split(/[\s>]+|\d+\. |- /u)
            .map(bare)
            .filter(Boolean)) {
            const at = rest.indexOf(word)
            expect(at, `"${word}" is shown, and in the plain text`).not.toBe(-1)
            rest = rest.slice(at + word.length)
          }
        }
      }),
      { numRuns: 800, examples: [['`---`    !']] },
    )
  })

  test('BODY4 shows headings, tables, HTML and entities as they were typed', () => {
    const text = '# Title\n| a | b |\n|---|---|\n<b onclick="x">bold</b> &lt;i&gt; &#x202e;'
    expect(parseText(text).text).toBe(text)
    expect(
      [...nodesOf(parseText(text).body)].filter((node) => typeof node !== 'string' && node.type !== 'break'),
    ).toHaveLength(1)
  })

  test('BODY5 knows strong, emphasis, strike, code, links, quotes, lists, code blocks and line breaks', () => {
    const { body, text } = parseText(
      '**a** _b_ ~~c~~ `d` <https://e.example/>\nf\n\n> g\n\n3. h\n   - i\n\n```js evil\nlet x = "<b>"\n```',
    )
    expect(body).toEqual([
      {
        type: 'paragraph',
        children: [
          { type: 'strong', children: ['a'] },
          ' ',
          { type: 'emphasis', children: ['b'] },
          ' ',
          { type: 'strike', children: ['c'] },
          ' ',
          { type: 'code', children: ['d'] },
          ' ',
          { type: 'link', href: 'https://e.example/', children: ['https://e.example/'] },
          { type: 'break' },
          'f',
        ],
      },
      { type: 'quote', children: [{ type: 'paragraph', children: ['g'] }] },
      {
        type: 'list',
        ordered: true,
        start: 3,
        children: [
          {
            type: 'list-item',
            children: ['h', { type: 'list', children: [{ type: 'list-item', children: ['i'] }] }],
          },
        ],
      },
      { type: 'code-block', language: 'js', children: ['let x = "<b>"'] },
    ])
    expect(text).toBe('a b c d https://e.example/\nf\n\n> g\n\n3. h\n   - i\n\nlet x = "<b>"')
  })

  test('BODY6 that would be too deep or too large loses its form and no word', () => {
    const deep = `${'> '.repeat(60)}at the bottom`
    expect(parseText(deep).text).toBe(deep)
    const wide = Array.from({ length: 1200 }, (_, line) => `- ${line % 10}`)
      .join('\n')
      .slice(0, 3999)
    expect(parseText(wide).text.replace(/\s/g, '')).toBe(wide.replace(/\s/g, ''))
    expect(bodyExcess(parseText('\n'.repeat(2000).replaceAll('\n', 'x\n')).body)).toBeUndefined()
  })

  test('BODY7 is refused by name when its text is too long in code points, or says nothing', () => {
    const code = (text: string, limit?: number) => {
      try {
        parseText(text, limit)
        return 'accepted'
      } catch (error) {
        return error instanceof Problem ? error.code : error
      }
    }
    expect(code('😀'.repeat(LIMITS.textCharacters))).toBe('accepted')
    expect(code('😀'.repeat(LIMITS.textCharacters + 1))).toBe('text-too-long')
    expect(code('abcd', 3)).toBe('text-too-long')
    for (const nothing of ['', ' \n\t ', '\u200d\u200b', '\ufeff', '\u0301'])
      expect(code(nothing)).toBe('bad-request')
    expect(parseText('-').text).toBe('-')
  })

  test('BODY8 of a picture is a link to it, and nothing else is a link that has no scheme', () => {
    expect(hrefs(parseText('![the dome](https://dome.example/d.jpg)').body)).toEqual([
      'https://dome.example/d.jpg',
    ])
    expect(hrefs(parseText('[![the dome](https://dome.example/d.jpg)](https://dome.example/)').body)).toEqual(
      ['https://dome.example/'],
    )
    expect(hrefs(parseText('[<https://inner.example> x](https://outer.example/)').body)).toEqual([
      'https://outer.example/',
    ])
    expect(hrefs(parseText('see main.rs, readme.md and www.example.org').body)).toEqual([])
  })
})

describe('cleaned text', () => {
  test('TEXT1 is the same when it is cleaned again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        if (text.includes('\0')) return
        const once = cleanText(text)
        expect(cleanText(once)).toBe(once)
      }),
      { numRuns: 3000 },
    )
  })

  test('TEXT2 has no control characters but tab and line feed, and no bidi embeddings, overrides or isolates', () => {
    const unseen = 'a\u0007b\u001bc\u0085d\u202ee\u2066f\ufeffg\ufdd0h\u{1fffe}i\r\nj\rk\tl'
    expect(cleanText(unseen)).toBe('abc\ndefghi\nj\nk\tl')
    expect(cleanText('نمی‌خواهم 👩‍👩‍👧')).toBe('نمی‌خواهم 👩‍👩‍👧')
  })

  test('TEXT3 is NFC and lets at most four marks follow a letter', () => {
    expect(cleanText('e\u0301')).toBe('é')
    expect(cleanText(`o${'\u0336\u0348'.repeat(40)}k`)).toHaveLength(6)
  })

  // In a process of its own, which can be ended: work that grows with the square of these would take an hour.
  test.each([
    ["'x' + ' '.repeat(2_000_000) + 'x'", 2_000_002],
    ["'a' + '\\u0315\\u0300'.repeat(1_000_000)", 5],
    ["'a' + '\\u{1d165}\\u302e\\u0300'.repeat(500_000)", 25],
  ])('TEXT5 of %s takes one pass', { timeout: 40_000 }, async (text, length) => {
    const file = new URL('clean-text.ts', import.meta.url).href
    const script = `import { cleanText } from '${file}'; console.log([...cleanText(${text})].length)`
    const cleaned = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 30_000,
    })
    expect(Number((await cleaned).stdout)).toBe(length)
  })

  test.each(['a\u0000b', '\ud800', 'x\udc00y'])('TEXT4 of %j is refused as bad-text', (text) => {
    expect(() => cleanText(text)).toThrow(expect.objectContaining({ code: 'bad-text' }))
  })
})
