import { describe, expect, test, vi } from 'vitest'
import { MemoryBus } from '../bus/memory-bus.ts'
import { testDatabase } from '../db/test-database.ts'
import { checkName } from '../filters/check-name.ts'
import { parseText } from '../filters/parse-text.ts'
import { openLog } from '../log/open-log.ts'
import { createSite } from '../rooms/create-site.ts'
import { demoRoom } from './demo-room.ts'
import { pauseBetween, readEvening } from './evening.ts'
import { startDemo } from './start-demo.ts'
import { wantsDemo } from './wants-demo.ts'

const logger = { debug() {}, info() {}, warn() {}, error() {} }
const [empty, filled, played] = [await testDatabase(), await testDatabase(), await testDatabase()]
const open = (database: typeof empty) => openLog({ database, bus: new MemoryBus(), log: logger })
const evening = await readEvening()

/** Names and times of the room's items, oldest first. */
async function inTheRoom({ database, log }: { database: typeof empty; log: ReturnType<typeof open> }) {
  const room = await demoRoom(database)
  const items = []
  for (let before: number | undefined; ; ) {
    const page = await log.page(room.id, { view: 'reader', limit: 100, ...(before && { before }) })
    if (page === 'item-unknown') throw new Error('no page')
    items.push(...page.items)
    if (page.older === null) return items.reverse()
    before = page.older
  }
}
const authors = (lines: readonly { author: string }[]) => lines.map(({ author }) => author)

describe('the demo', () => {
  test('DEMO1 shows itself where it is switched on, or by itself in a database of our own that is empty or its own', async () => {
    const own = { demo: 'auto', databaseUrl: undefined } as const
    expect(await wantsDemo(own, empty)).toBe(true)
    expect(await wantsDemo({ demo: 'auto', databaseUrl: 'postgres://elsewhere' }, empty)).toBe(false)
    await createSite(empty, { slug: 'acme' })
    expect(await wantsDemo(own, empty)).toBe(false)
    expect(await wantsDemo({ demo: 'on', databaseUrl: 'postgres://elsewhere' }, empty)).toBe(true)
    await createSite(empty, { slug: 'demo' })
    expect(await wantsDemo(own, empty)).toBe(true)
    expect(await wantsDemo({ ...own, demo: 'off' }, empty)).toBe(false)
  })

  test('DEMO2 opens with two thirds of its evening, in order, at the times at which they were said', async () => {
    const place = { database: filled, log: open(filled) }
    const began = Date.now()
    await startDemo({ ...place, logger })
    const items = await inTheRoom(place)
    expect(items.map((item) => item.author.name)).toEqual(authors(evening.before))
    const times = items.map((item) => Date.parse(item.postedAt))
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(began - (times[0] as number)).toBeGreaterThan(90 * 60_000)
    const page = await place.log.page((await demoRoom(filled)).id, { view: 'reader', limit: 1 })
    expect(page !== 'item-unknown' && page.pinned).toHaveLength(1)
  })

  test('DEMO3 plays the rest live, once, however often it is stopped and started', async () => {
    const place = { database: played, log: open(played) }
    // Seven lines, and then none for as long as anybody looks.
    let pauses = 0
    const first = await startDemo({ ...place, logger, pause: () => (++pauses < 7 ? 1 : 3_600_000) })
    first.play()
    const stopped = evening.before.length + 7
    await vi.waitFor(async () => expect(await inTheRoom(place)).toHaveLength(stopped), 20_000)
    await first.stop()
    expect(await inTheRoom(place)).toHaveLength(stopped)
    expect(stopped).toBeLessThan(evening.before.length + evening.live.length)
    const waits: unknown[] = []
    const again = await startDemo({ ...place, logger, pause: (line) => waits.push(line) * 0 })
    again.play()
    const all = [...evening.before, ...evening.live]
    await vi.waitFor(async () => expect(await inTheRoom(place)).toHaveLength(all.length), 20_000)
    await again.stop()
    // What had been played is passed over without waiting.
    expect(waits).toHaveLength(all.length - stopped - 1)
    expect((await inTheRoom(place)).map((item) => item.author.name)).toEqual(authors(all))
  })

  test('DEMO4 tells its evening in minutes, and keeps nobody waiting for more than some seconds', () => {
    const pauses = evening.live.slice(1).map((line, n) => pauseBetween(evening.live[n] as typeof line, line))
    expect(Math.max(...pauses)).toBeLessThanOrEqual(10_000)
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(3000)
    expect(pauses.reduce((a, b) => a + b) / 60_000).toBeLessThan(10)
  })

  test('DEMO5 has an evening that the room would take from its readers, with every form and many scripts in it', () => {
    const all = [...evening.before, ...evening.live]
    const types = new Set<string>()
    for (const { author, role, text } of all) {
      if (!role) expect(checkName(author)).toBe(author)
      JSON.stringify(parseText(text).body, (key, value) => {
        if (key === 'type') types.add(value)
        return value
      })
    }
    for (const type of ['quote', 'list', 'code-block', 'code', 'link', 'strong', 'emphasis', 'break']) {
      expect(types).toContain(type)
    }
    const everything = all.map(({ text }) => text).join('\n')
    for (const script of [
      'Arabic',
      'Greek',
      'Han',
      'Hiragana',
      'Hangul',
      'Devanagari',
      'Extended_Pictographic',
    ]) {
      const property = script === 'Extended_Pictographic' ? script : `Script=${script}`
      expect(everything, script).toMatch(new RegExp(`\\p{${property}}`, 'u'))
    }
  })
})
