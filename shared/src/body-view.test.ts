import { expect, test } from 'vitest'
import type { Body, BodyNode } from './body.ts'
import { bodyView } from './body-view.ts'

interface Made {
  readonly type: string
  readonly props: Readonly<Record<string, unknown>> & { readonly children?: unknown }
}

/** What was made, as text: elements in angle brackets with their attributes, text nodes in quotation marks. */
function told(made: unknown): string {
  if (made === null || made === undefined) return ''
  if (typeof made === 'string') return JSON.stringify(made)
  if (Array.isArray(made)) return made.map(told).join(' ')
  const { type, props } = made as Made
  const attributes = Object.entries(props).filter(
    ([name, value]) => name !== 'children' && value !== undefined,
  )
  const head = [type, ...attributes.map(([name, value]) => `${name}=${value}`)].join(' ')
  return `<${head}>${told(props.children)}</${type}>`
}

const shown = (...body: Body): string => told(bodyView(body))
const link = (href: unknown): BodyNode => ({ type: 'link', href: href as string, children: ['words'] })
const REL = 'rel=ugc nofollow noopener noreferrer'

test('BODYVIEW1 makes text nodes of text, whatever it says', () => {
  expect(shown('<script>alert(1)</script>&amp;')).toBe('"<script>alert(1)</script>&amp;"')
})

test('BODYVIEW1 makes its own elements and no others', () => {
  const body: Body = [
    { type: 'paragraph', children: ['a', { type: 'break' }, { type: 'strong', children: ['b'] }] },
    { type: 'list', ordered: true, start: 3, children: [{ type: 'list-item', children: ['c'] }] },
    { type: 'code-block', language: 'js"><script>', children: ['d'] },
  ]
  expect(shown(...body)).toBe(
    '<p dir=auto>"a" <br></br> <strong>"b"</strong></p> <ol start=3><li dir=auto>"c"</li></ol> <pre dir=ltr tabIndex=0><code>"d"</code></pre>',
  )
})

test.each(['script', 'constructor', '__proto__', 'toString', 'img', ''])(
  'BODYVIEW2 shows the children of an element of the unknown type "%s"',
  (type) => {
    expect(shown({ type, children: ['kept'] } as unknown as BodyNode)).toBe('"kept"')
  },
)

test.each(['https://example.com/a?b=c#d', 'http://example.com/', 'mailto:ada@example.com'])(
  'BODYVIEW3 links to %s, in a new tab and without a word for it',
  (href) => {
    expect(shown(link(href))).toBe(`<a href=${href} target=_blank ${REL} dir=auto>"words"</a>`)
  },
)

test.each([
  'javascript:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  'JAVASCRIPT:alert(1)',
  'data:text/html,<b>',
  'vbscript:a',
  'blob:https://example.com/1',
  'file:///etc/passwd',
  '//example.com',
  '/relative',
  '',
  undefined,
  7,
])('BODYVIEW3 shows the words of a link to %j, and no link', (href) => {
  expect(shown(link(href))).toBe('"words"')
})

test('BODYVIEW4 lets paragraphs, items, quotes and links find their own direction', () => {
  const body: Body = [{ type: 'quote', children: [{ type: 'paragraph', children: [link('https://a.b/')] }] }]
  expect(shown(...body)).toBe(
    `<blockquote dir=auto><p dir=auto><a href=https://a.b/ target=_blank ${REL} dir=auto>"words"</a></p></blockquote>`,
  )
})
