import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { tempFolder } from '../../../e2e/parts/temp-folder.ts'
import { SecretBox } from './secret-box.ts'
import { findSecretKey } from './secret-key.ts'

const folder = tempFolder('secret')
afterAll(() => folder.remove())
const box = new SecretBox('a'.repeat(32))

test('SECRET1 what is sealed opens with the same key for the same purpose alone, and as it was', () => {
  const sealed = box.seal('the secret', 'of acme')
  expect(sealed).not.toContain('the secret')
  expect(box.seal('the secret', 'of acme')).not.toBe(sealed)
  expect(box.open(sealed, 'of acme')).toBe('the secret')
  expect(() => box.open(sealed, 'of another')).toThrow()
  expect(() => new SecretBox('b'.repeat(32)).open(sealed, 'of acme')).toThrow()
  for (let index = 3; index < sealed.length - 1; index += 1) {
    const other = sealed[index] === 'A' ? 'B' : 'A'
    expect(() => box.open(sealed.slice(0, index) + other + sealed.slice(index + 1), 'of acme')).toThrow()
  }
  for (const cut of ['', 'v1.', 'v2.abc', sealed.slice(0, -4)])
    expect(() => box.open(cut, 'of acme')).toThrow()
})

test('SECRET2 a key is made once for a data folder of our own, and read by nobody else', async () => {
  const dataDir = join(folder.path, 'data')
  const own = { dataDir, databaseUrl: undefined, secretKey: undefined }
  const keys = await Promise.all(Array.from({ length: 8 }, () => findSecretKey(own)))
  expect(new Set(keys).size).toBe(1)
  expect(keys[0]).toMatch(/^[\w-]{43}$/)
  expect(statSync(join(dataDir, 'secret.key')).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(dataDir, 'secret.key'), 'utf8').trim()).toBe(keys[0])
})

test('SECRET2 the key that is set is taken, and none is made for a database that others share', async () => {
  const dataDir = join(folder.path, 'shared')
  mkdirSync(dataDir)
  writeFileSync(join(dataDir, 'secret.key'), 'another')
  const databaseUrl = 'postgres://shared'
  expect(await findSecretKey({ dataDir, databaseUrl, secretKey: 'set' })).toBe('set')
  expect(await findSecretKey({ dataDir, databaseUrl, secretKey: undefined })).toBeUndefined()
})
