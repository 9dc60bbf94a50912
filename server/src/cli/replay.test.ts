import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tempFolder } from '../../../e2e/parts/temp-folder.ts'
import { readConversation } from '../ingest/conversation.ts'
import { testApp } from '../test-app.ts'
import { halley } from './halley.ts'
import { replay } from './replay.ts'

const { app, site, room, key } = await testApp()
let url = ''
beforeAll(async () => {
  url = await app.listen({ port: 0, host: '127.0.0.1' })
})

const lines = (texts: readonly string[]) =>
  texts.map((text, n) => ({ t: n * 10, author: `Author ${n % 3}`, text, number: n + 1 }))
const sixty = lines(Array.from({ length: 60 }, (_, n) => `line ${n}`))

/** A room of a new site, with a key that may write to it. */
async function place(posting: 'staff' | 'guests' = 'staff') {
  const owner = await site()
  const { address } = await room(owner, { posting })
  return { room: address, key: (await key(owner, 'write')).replace('Bearer ', ''), url, speed: 0 }
}

/** What the room holds, oldest first. */
async function textsOf(address: string): Promise<string[]> {
  const answer = await fetch(`${url}/v1/rooms/${address}/items?limit=200`)
  const { items } = (await answer.json()) as { items: { text: string }[] }
  return items.map(({ text }) => text).reverse()
}

describe('a replay', () => {
  test('REPLAY1 posts every line once, in the order of the file, and again nothing', async () => {
    const target = await place()
    expect(await replay(sixty, target)).toEqual({ lines: 60, posted: 60, already: 0, held: 0 })
    expect(await textsOf(target.room)).toEqual(sixty.map(({ text }) => text))
    expect(await replay(sixty, target)).toEqual({ lines: 60, posted: 0, already: 60, held: 0 })
    expect(await textsOf(target.room)).toHaveLength(60)
  })

  test('REPLAY2 goes on where it was broken off', async () => {
    const target = await place()
    const stop = new AbortController()
    const half = replay(
      sixty,
      { ...target, signal: stop.signal },
      ({ posted }) => posted === 30 && stop.abort(),
    )
    await expect(half).rejects.toThrow()
    expect(await replay(sixty, target)).toMatchObject({ already: 30, posted: 30 })
    expect(await textsOf(target.room)).toEqual(sixty.map(({ text }) => text))
  })

  test('REPLAY3 tries again what is refused for a while or gets lost on the way, and repeats nothing by that', async () => {
    const target = await place()
    let n = 0
    const faulty = createServer(async (request, response) => {
      n += 1
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      if (n % 5 === 1) return response.writeHead(503, { 'retry-after': '0' }).end('{"code":"unavailable"}')
      if (n % 5 === 2)
        return response.writeHead(429, { 'retry-after': '0' }).end('{"code":"too-many-requests"}')
      const { authorization = '' } = request.headers
      const answer = await fetch(`${url}${request.url}`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: Buffer.concat(chunks),
      })
      // The post was taken and nobody is told.
      if (n % 5 === 3) return request.socket.destroy()
      return response.writeHead(answer.status).end(await answer.text())
    })
    await new Promise<void>((listening) => faulty.listen(0, '127.0.0.1', listening))
    const { port } = faulty.address() as AddressInfo
    try {
      const eight = sixty.slice(0, 8)
      const counts = await replay(eight, { ...target, url: `http://127.0.0.1:${port}` })
      expect(counts.posted + counts.already).toBe(8)
      expect(await textsOf(target.room)).toEqual(eight.map(({ text }) => text))
    } finally {
      faulty.closeAllConnections()
      faulty.close()
    }
  })

  test('REPLAY4 ends at a line that the room refuses, and names it', async () => {
    const target = await place()
    const wrong = lines(['fine', 'x'.repeat(5000), 'never'])
    await expect(replay(wrong, target)).rejects.toThrow(/^line 2: text-too-long/)
    expect(await textsOf(target.room)).toEqual(['fine'])
    await expect(replay(sixty, { ...target, key: 'hk_wrong' })).rejects.toThrow(/^line 1: token-invalid/)
  })

  test('REPLAY5 takes at least the time that its lines took, divided by the speed', async () => {
    const target = await place()
    const began = performance.now()
    await replay(lines(['a', 'b', 'c']), { ...target, speed: 0.1 })
    expect(performance.now() - began).toBeGreaterThanOrEqual(199)
  })

  test('REPLAY6 posts for guests where it has no key, each author as one of them', async () => {
    const { key: _, ...target } = await place('guests')
    expect(await replay(sixty, target)).toMatchObject({ posted: 60 })
    expect(await replay(sixty, target)).toMatchObject({ already: 60 })
    expect(await textsOf(target.room)).toHaveLength(60)
  })

  test('REPLAY7 reads JSON Lines and names the first that is none', () => {
    const one = '{"t":5,"author":"Ada","text":"Hi","loop":"air"}'
    expect(readConversation(`${one}\n\n${one}\n`)).toMatchObject([
      { number: 1 },
      { number: 3, author: 'Ada' },
    ])
    expect(() => readConversation(`${one}\nnonsense`)).toThrow('line 2 is not JSON')
    expect(() => readConversation(`${one}\n{"t":1,"text":"x"}`)).toThrow(/^line 2/)
  })
})

describe('halley replay', () => {
  const folder = tempFolder('replay')
  afterAll(() => folder.remove())
  const file = join(folder.path, 'lines.jsonl')
  writeFileSync(file, sixty.map((line) => JSON.stringify(line)).join('\n'))
  const run = async (...args: string[]) => {
    let out = ''
    const code = await halley(args, { env: {}, out: (text) => (out += text), err: () => {} })
    return { code, out }
  }

  test('REPLAY8 is a command that prints what it did, and ends with 2 where it is used wrongly and 1 where it failed', async () => {
    const target = await place()
    const args = ['--room', target.room, '--url', url, '--speed', 'max', '--key', target.key]
    const { code, out } = await run('--json', 'replay', file, ...args)
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ room: target.room, lines: 60, posted: 60 })
    expect(await run('replay', file)).toMatchObject({ code: 2 })
    expect(await run('replay', file, '--room', 'nonsense')).toMatchObject({ code: 2 })
    expect(await run('replay', `${file}x`, ...args)).toMatchObject({ code: 1 })
  })
})
