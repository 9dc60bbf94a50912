import { readFileSync } from 'node:fs'
import type { Body, BodyNode } from '@halley/shared'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Problem } from '../problem.ts'
import { bodySource } from './body-source.ts'
import { parseText } from './parse-text.ts'

function parsed(text: string): Body | undefined {
  try {
    return parseText(text).body
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}

/** Words and addresses in order, whatever their form; marks that stand too close to work are seen, and no loss. */
function saidBy(body: readonly BodyNode[]): string {
  const told = (node: BodyNode): string =>
    typeof node === 'string'
      ? node
      : `${node.href ? `(${node.href})` : ''}${(node.children ?? []).map(told).join('')}`
  return body
    .map(told)
    .join('')
    .replace(/[\s*_~]/g, '')
}

const piece = fc.constantFrom(
  ...[
    '**',
    '*',
    '_',
    '~~',
    '`',
    '``',
    '\n',
    '\n\n',
    '> ',
    '- ',
    '+ ',
    '1. ',
    '7) ',
    '  ',
    '[',
    '](https://e.example/a_(b))',
  ],
  ...[
    '<https://e.example>',
    'https://e.example/_x_',
    'me@e.example',
    '\\',
    '# ',
    '![x](https://e.example/i.png)',
    '<b>',
  ],
  ...['```js\na\n```\n', 'word', 'x', ' ', '1', '.', '-', '(', ')', '!', '日本'],
)

describe('the source of a body', () => {
  test.each([
    '**a** *b* ~~c~~ `d` and **_both_**, *a*b',
    'see <https://e.example/a_b>, [here](https://e.example/x_(y)) or me@e.example',
    '> quoted\n> on two lines\n>\n> > deeper',
    '- a\n- b\n  1. c\n  2. d\n\n* another list',
    '3. three\n4. four\n\n   with a second paragraph',
    'Before\n\n```c\nif (a < b) {\n\n  x = "``"; \n}\n```\nafter',
    'not \\*this\\*, \\[nor this\\](x), \\`nor\\` 2\\. this',
    'first\n\\- no list\n1\\. no list\n+1 is fine',
    '`` a`b `` and `*`',
    '- > quote in a list\n- ```\n  code in a list\n  ```',
  ])('BODY9 makes the same body again: %j', (text) => {
    const body = parsed(text)
    expect(body).toBeDefined()
    expect(parsed(bodySource(body as Body))).toEqual(body)
  })

  test('BODY9 makes the same body again of every item of the demo', () => {
    const evening = readFileSync(new URL('../demo/evening.jsonl', import.meta.url), 'utf8')
    for (const line of evening.trim().split('\n')) {
      const { body } = parseText(JSON.parse(line).text)
      expect(parsed(bodySource(body))).toEqual(body)
    }
  })

  test('BODY10 loses no word and no link, however strange the form', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const body = parsed(pieces.join(''))
        if (body) expect(saidBy(parsed(bodySource(body)) ?? [])).toBe(saidBy(body))
      }),
      { numRuns: 3000 },
    )
  })
})
