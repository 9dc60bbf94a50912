import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { BlockMemory } from './block-memory.ts'

const WORDS = Array.from({ length: 2000 }, () => randomUUID()).join()

test('HIST11 what a page leaves is used for the next, and who still reads one is given nothing of another', async () => {
  const memory = new BlockMemory()
  const texts = Array.from({ length: 500 }, (_, n) => WORDS.slice(n * 100, n * 100 + ((n * 37) % 9000)))
  const standing = texts.slice(0, 100).map((text) => memory.store(Buffer.from(text)))
  const full = memory.bytes
  for (const [n, text] of texts.entries()) {
    const place = n % standing.length
    const old = standing[place] as (typeof standing)[0]
    const before = memory.read(old)
    memory.free(old)
    standing[place] = memory.store(Buffer.from(text))
    expect(before.toString()).toBe(texts[n < 100 ? n : n - 100])
    expect(memory.read(standing[place]).toString()).toBe(text)
  }
  expect(standing.map((one) => memory.read(one).toString())).toEqual(texts.slice(400))
  // In blocks of a KB, a MB at a time.
  expect([full, memory.bytes]).toEqual([2 ** 20, 2 ** 20])
})
