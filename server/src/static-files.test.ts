import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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
const app = await openServer({ trustProxy: false }, pino({ level: 'silent' }))
await staticFiles(app, folder.path)
afterAll(async () => {
  await app.close()
  folder.remove()
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
