import { randomUUID } from 'node:crypto'
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { tempFolder } from '../../../e2e/parts/temp-folder.ts'
import { createApiKey } from '../auth/api-keys.ts'
import type { Database } from '../db/database.ts'
import { openDatabase } from '../db/database.ts'
import { redisPrefix } from '../db/redis-prefix.ts'
import { testDatabase } from '../db/test-database.ts'
import { aPost, silent, testLog, testRoom } from '../log/test-log.ts'
import { createSite } from '../rooms/create-site.ts'
import { ownTables } from './own-tables.ts'
import { restoreBackup } from './restore-backup.ts'
import { writeBackup } from './write-backup.ts'

const folder = tempFolder('backup')
afterAll(() => folder.remove())
const aFile = () => join(folder.path, `${randomUUID()}.zst`)
/** Everything but rooms' epochs and what a database remembers of itself. */
async function contents({ sql }: Database): Promise<unknown> {
  const rows: Record<string, unknown> = {}
  for (const { name } of ownTables().filter(({ name }) => name !== 'meta')) {
    rows[name] = await sql`SELECT to_jsonb(t) - 'epoch' AS row FROM ${sql(name)} t ORDER BY t::text`
  }
  return rows
}

/** A database of its own, filled; nobody is connected to it any more. */
async function filled(posts = 20): Promise<{ url: string; room: number }> {
  const database = await testDatabase(2)
  const room = await testRoom(database)
  const { log } = testLog(database)
  const odd = ['a tab\tand a line\nand \\. at its start', '\\.', 'Ünïcödé 🌙', '\\N', '{"end":true}']
  const texts = [...odd, ...Array.from({ length: posts }, (_, n) => `post ${n}`)]
  const sent = texts.map((text) => aPost(text))
  await Promise.all(sent.map((post) => log.publish(room, post, 'ada')))
  await log.publish(room, { type: 'remove', id: sent[7]?.id as string, reason: 'no' }, 'eve')
  await log.publish(room, { type: 'pin', id: sent[8]?.id as string }, 'eve')
  await createApiKey(database, room.site.id, 'write', 'ours')
  await log.close()
  await database.sql.end()
  return { url: database.url, room: room.id }
}

async function inside<T>(url: string, look: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(url, { poolSize: 2, log: silent })
  return look(database).finally(() => database.close())
}

async function empty(): Promise<string> {
  const database = await testDatabase(1)
  await database.sql.end()
  return database.url
}

test('BACK1 what was backed up is put back into another database, whatever the texts', async () => {
  const { url } = await filled()
  const file = aFile()
  const written = await writeBackup(url, file, silent)
  expect(written).toMatchObject({ file, bytes: statSync(file).size, rows: { rooms: 1, items: 25 } })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const target = await empty()
  const restored = await restoreBackup(target, file, { replace: false, log: silent })
  expect(restored).toMatchObject({ rows: written.rows, renewed: 1 })
  expect(await inside(target, contents)).toEqual(await inside(url, contents))
  await inside(target, async (database) => {
    const site = await createSite(database, { slug: 'next' })
    expect(site?.id).toBeGreaterThan(1)
    const room = await testRoom(database)
    expect((await testLog(database).log.publish(room, aPost('hello'), 'ada')).status).toBe('done')
  })
})

test('BACK2 a backup is of one moment, whatever is written beside it', async () => {
  const database = await testDatabase(4)
  const room = await testRoom(database)
  const { log } = testLog(database)
  let going = true
  const writers = [1, 2, 3].map(async () => {
    while (going) await log.publish(room, aPost(randomUUID()), 'ada')
  })
  const files = [aFile(), aFile(), aFile()]
  for (const file of files) await writeBackup(database.url, file, silent)
  going = false
  await Promise.all(writers)
  for (const file of files) {
    const target = await empty()
    await restoreBackup(target, file, { replace: false, log: silent })
    const [row] = await inside(
      target,
      ({ sql }) => sql`
      SELECT rev, item_count, (SELECT count(*) FROM items) AS items, (SELECT count(*) FROM changes) AS changes
      FROM rooms`,
    )
    expect(row).toEqual({ rev: row?.rev, item_count: row?.rev, items: row?.rev, changes: row?.rev })
  }
})

test('BACK3 a restore begins a new life of every room, and what was known after the backup is forgotten', async () => {
  const { url, room } = await filled()
  const file = aFile()
  await writeBackup(url, file, silent)
  const rooms = ({ sql }: Database) => sql`SELECT id, epoch, rev FROM rooms ORDER BY id`
  const [before] = await inside(url, rooms)
  await inside(url, ({ sql }) => sql`UPDATE rooms SET rev = rev + 100, title = 'lost' WHERE id = ${room}`)
  await restoreBackup(url, file, { replace: true, log: silent })
  const [after] = await inside(url, rooms)
  expect(after).toEqual({ ...before, epoch: after?.epoch })
  expect(after?.epoch).not.toBe(before?.epoch)
})

test('BACK4 a database that holds something is replaced only where that is said', async () => {
  const { url } = await filled()
  const file = aFile()
  await writeBackup(url, file, silent)
  const restore = restoreBackup(url, file, { replace: false, log: silent })
  await expect(restore).rejects.toThrow('not empty')
})

test('BACK5 nothing is restored beside servers of the database', async () => {
  const { url } = await filled()
  const file = aFile()
  await writeBackup(url, file, silent)
  await inside(url, async ({ sql }) => {
    await sql`SELECT 1`
    await expect(restoreBackup(url, file, { replace: true, log: silent })).rejects.toThrow('Stop the servers')
  })
}, 20_000)

test('BACK6 a restore that fails at any place leaves everything as it was', async () => {
  const { url } = await filled(3000)
  const file = aFile()
  await writeBackup(url, file, silent)
  const bad = aFile()
  const before = await inside(url, contents)
  const whole = readFileSync(file)
  const plain = zstdDecompressSync(whole)
  const changed = (from: string, to: string) =>
    zstdCompressSync(Buffer.from(plain.toString().replace(from, to)))
  const cases: [string, Buffer][] = [
    ['cut off', zstdCompressSync(plain.subarray(0, plain.length - 100))],
    ['be unpacked', whole.subarray(0, whole.length / 2)],
    ['be unpacked', Buffer.from('hello')],
    ['changed', changed('post 1000', 'post 1001')],
    ['json', changed('"Ada"', '"Ada')],
    ['no backup', zstdCompressSync(Buffer.from('{}\n'))],
    ['newer', changed('"migration":1', '"migration":2')],
    ['version 9', changed('"version":1', '"version":9')],
  ]
  for (const [words, bytes] of cases) {
    writeFileSync(bad, bytes)
    await expect(restoreBackup(url, bad, { replace: true, log: silent }), words).rejects.toThrow(words)
  }
  truncateSync(bad, 0)
  await expect(restoreBackup(url, bad, { replace: true, log: silent })).rejects.toThrow()
  expect(await inside(url, contents)).toEqual(before)
})

test('BACK7 a backup that fails leaves no file', async () => {
  const { url } = await filled(1)
  const missing = new URL(url)
  missing.pathname = '/no_such_database'
  await expect(writeBackup(missing.href, aFile(), silent)).rejects.toThrow()
  expect((await readdir(folder.path)).filter((name) => name.includes('partial'))).toEqual([])
})

test('BACK13 a copy that runs beside the original has a name of its own on Redis, and what takes its place has the same', async () => {
  const { url } = await filled(1)
  const before = await inside(url, redisPrefix)
  const file = aFile()
  await writeBackup(url, file, silent)
  const restored = async (asCopy: boolean): Promise<string> => {
    const target = await empty()
    await restoreBackup(target, file, { replace: false, asCopy, log: silent })
    return inside(target, redisPrefix)
  }
  expect(await restored(false)).toBe(before)
  expect(await restored(true)).not.toBe(before)
})
