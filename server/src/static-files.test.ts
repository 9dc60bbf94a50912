import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { pino } from 'pino'
import { afterAll, expect, test } from 'vitest'
import { tempFolder } from '../../e2e/parts/temp-folder.ts'
import { openServer } from './open-server.ts'
import { staticFiles } from './static-files.ts'

const folder = tempFolder('dist')
mkdirSync(join(folder.path, 'assets'))
writeFileSync(join(folder.path, 'halley.js'), 'first()')
writeFileSync(join(folder.path, 'secret.txt'), 'not for you')
writeFileSync(join(folder.path, 'assets', 'feed-a1b2c3.js'), 'export {}')
const FEED = `export const words = '${'again and '.repeat(200)}'`
const feed = join(folder.path, 'assets', 'feed-d4e5f6.js')
writeFileSync(feed, FEED)
writeFileSync(`${feed}.br`, brotliCompressSync(FEED))
writeFileSync(`${feed}.gz`, gzipSync(FEED))
const earlier = tempFolder('earlier')
mkdirSync(join(earlier.path, 'assets'))
writeFileSync(join(earlier.path, 'halley-0a1b2c.js'), 'zeroth()')
writeFileSync(join(earlier.path, 'assets', 'feed-0d0e0f.js'), 'export const zeroth = 0')
writeFileSync(join(folder.path, 'halley-1a2b3c.js'), 'first()')
const app = await openServer({ trustProxy: false }, pino({ level: 'silent' }))
await staticFiles(app, [folder.path, earlier.path])
afterAll(async () => {
  await app.close()
  folder.remove()
  earlier.remove()
})

test('HTTP6 the loader is asked for anew each time, and told in 304 while it is the same', async () => {
  const first = await app.inject('/halley.js')
  expect(first.body).toBe('first()')
  expect(first.headers).toMatchObject({
    'cache-control': 'no-cache',
    'content-type': expect.stringContaining('javascript'),
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
  })
  const headers = { 'if-none-match': String(first.headers.etag) }
  expect((await app.inject({ url: '/halley.js', headers })).statusCode).toBe(304)
  writeFileSync(join(folder.path, 'halley.js'), 'second(version)')
  expect((await app.inject({ url: '/halley.js', headers })).body).toBe('second(version)')
})

test('HTTP6 what the loader loads has a hash in its name and is kept for ever', async () => {
  const asset = await app.inject('/assets/feed-a1b2c3.js')
  expect(asset.headers).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    'content-type': expect.stringContaining('javascript'),
    'access-control-allow-origin': '*',
  })
})

test.each([
  ['/halley-1a2b3c.js', 'first()'],
  ['/halley-0a1b2c.js', 'zeroth()'],
  ['/assets/feed-0d0e0f.js', 'export const zeroth = 0'],
])('HTTP10 a loader that is pinned, and what earlier builds loaded, is at %s for ever', async (url, text) => {
  const answer = await app.inject(url)
  expect(answer.body).toBe(text)
  expect(answer.headers).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    'access-control-allow-origin': '*',
  })
})

test.each([
  ['br, gzip', 'br', brotliDecompressSync],
  ['gzip, deflate, br;q=0.5', 'gzip', gunzipSync],
  ['gzip', 'gzip', gunzipSync],
  ['identity', undefined, (body: Buffer) => body],
])('HTTP9 whoever takes %s is sent %s', async (accepted, encoding, open) => {
  const url = '/assets/feed-d4e5f6.js'
  const answer = await app.inject({ url, headers: { 'accept-encoding': accepted } })
  expect(answer.headers['content-encoding']).toBe(encoding)
  expect(answer.headers).toMatchObject({
    'content-type': expect.stringContaining('javascript'),
    'cache-control': 'public, max-age=31536000, immutable',
    vary: expect.stringMatching(/accept-encoding/i),
    'content-length': String(answer.rawPayload.length),
    'access-control-allow-origin': '*',
  })
  expect(open(answer.rawPayload).toString()).toBe(FEED)
  const headers = { 'accept-encoding': accepted, 'if-none-match': String(answer.headers.etag) }
  const same = await app.inject({ url, headers })
  expect(same.statusCode).toBe(304)
  expect(same.headers.vary).toMatch(/accept-encoding/i)
})

test('HTTP9 an ETag names one encoding of a file', async () => {
  const etag = async (accepted: string) =>
    (await app.inject({ url: '/assets/feed-d4e5f6.js', headers: { 'accept-encoding': accepted } })).headers
      .etag
  expect(new Set([await etag('br'), await etag('gzip'), await etag('identity')]).size).toBe(3)
})

test.each([
  '/assets/feed-d4e5f6.js.br',
  '/halley-none.js',
  '/halley-1a2b3c.js.br',
  '/assets/../secret.txt',
  '/assets/%2e%2e/secret.txt',
  '/assets/none.js',
  '/assets/',
  '/secret.txt',
])('HTTP6 nothing else of the folder is at %s', async (url) => {
  const answer = await app.inject(url)
  expect(answer.statusCode).toBeGreaterThanOrEqual(403)
  expect(answer.body).not.toContain('not for you')
  expect(answer.headers['content-type']).toContain('application/problem+json')
  expect(answer.headers['cache-control']).toBe('no-store')
})
