import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { until } from '../../../e2e/parts/until.ts'
import { eq } from '../db/drizzle.ts'
import { apiKeys, siteSecrets } from '../db/tables.ts'
import { guest, testApp } from '../test-app.ts'
import { createSiteSecret } from './site-secrets.ts'
import { signSiteToken } from './site-token.ts'

const { app, database, box, ...make } = await testApp()
const site = await make.site()
const privateRoom = await make.room(site, { visibility: 'private', posting: 'guests' })
const publicRoom = await make.room(site, { posting: 'guests' })
const elsewhere = await make.site()

const id = randomUUID()
const REQUESTS = [
  ['GET', ''],
  ['GET', '/items'],
  ['GET', '/items?limit=200&view=staff'],
  ['GET', '/items?before=nonsense'],
  ['GET', `/items?around=${id}`],
  ['GET', `/items/${id}`],
  ['POST', '/items', { text: 'Hello', author: { name: 'Ada' } }],
  ['POST', '/items', { text: 7 }],
  ['PATCH', `/items/${id}`, { text: 'Hello' }],
  ['DELETE', `/items/${id}`],
  ['POST', `/items/${id}/pin`],
  ['POST', `/items/${id}/restore`, {}],
] as const

const outsiders = async (): Promise<Record<string, string | undefined>> => ({
  nobody: undefined,
  'a guest': guest(),
  'a key of another site': await make.key(elsewhere, 'admin'),
  'an owner of another site': await make.user(elsewhere, { role: 'owner' }),
  'a key that never was': `Bearer hk_${'A'.repeat(43)}`,
  'a token of no form': 'Basic YTpi',
})

async function answerTo(address: string, [method, path, payload]: (typeof REQUESTS)[number], who?: string) {
  const { statusCode, headers, body } = await app.inject({
    method,
    url: `/v1/rooms/${address}${path}`,
    headers: { ...(who && { authorization: who }), origin: 'https://page.example' },
    ...(payload && { payload }),
  })
  return { statusCode, headers: { ...headers, date: '' }, body }
}

test.each(Object.entries(await outsiders()))(
  'AUTH2 to %s a private room, an unknown one and one of an unknown site are the same',
  async (_who, authorization) => {
    for (const request of REQUESTS) {
      const hidden = await answerTo(privateRoom.address, request, authorization)
      expect([400, 404]).toContain(hidden.statusCode)
      expect(await answerTo(`${site.slug}/no-such-room`, request, authorization)).toEqual(hidden)
      expect(await answerTo('no-such-site/no-such-room', request, authorization)).toEqual(hidden)
      expect(await answerTo('No%20such/Room', request, authorization)).toEqual(
        request[2] && 'text' in request[2] && request[2].text === 7 ? expect.anything() : hidden,
      )
    }
  },
)

test('AUTH3 of two sites neither takes what the other gave out', async () => {
  const room = await make.room(elsewhere)
  for (const authorization of [await make.key(site, 'admin'), await make.user(site, { role: 'owner' })]) {
    const ask = (address: string) => app.inject({ url: `/v1/rooms/${address}`, headers: { authorization } })
    expect((await ask(publicRoom.address)).statusCode).toBe(200)
    const refused = await ask(room.address)
    expect(refused.json().code).toBe('token-invalid')
    const never = { authorization: `${authorization.slice(0, -6)}AAAAAA` }
    expect((await app.inject({ url: `/v1/rooms/${room.address}`, headers: never })).body).toBe(refused.body)
  }
})

test('AUTH4 a key that is revoked and a secret that is revoked open nothing within 5 s', async () => {
  const key = await make.keyWithId(site, 'admin')
  const secret = await createSiteSecret(database, box, site.id, true)
  const token = await signSiteToken(secret, site.slug, { sub: 'a', name: 'Ada' })
  const ask = (authorization: string) =>
    app.inject({ url: `/v1/rooms/${privateRoom.address}`, headers: { authorization } })
  const both = [key.authorization, `Bearer ${token}`]
  for (const authorization of both) expect((await ask(authorization)).statusCode).toBe(200)
  const revokedAt = new Date()
  await database.db.update(apiKeys).set({ revokedAt }).where(eq(apiKeys.id, key.id))
  await database.db.update(siteSecrets).set({ revokedAt }).where(eq(siteSecrets.id, secret.kid))
  for (const authorization of both) {
    await until('the refusal', async () => (await ask(authorization)).statusCode === 404, 5)
  }
})

test('AUTH5 what is stored of keys, secrets and guests opens nothing', async () => {
  const key = (await make.key(site, 'write')).slice('Bearer '.length)
  const secret = await createSiteSecret(database, box, site.id, false)
  const someGuest = guest()
  await app.inject({
    method: 'POST',
    url: `/v1/rooms/${publicRoom.address}/items`,
    headers: { authorization: someGuest },
    payload: { text: 'Hello', author: { name: 'Ada' } },
  })
  const [{ all }] = await database.sql<[{ all: string }]>`
    SELECT concat((SELECT json_agg(k) FROM api_keys k), (SELECT json_agg(s) FROM site_secrets s),
      (SELECT json_agg(i) FROM items i), (SELECT json_agg(c) FROM changes c)) AS all`
  expect(all).toContain('guest:')
  expect(all).toContain(secret.kid)
  for (const opens of [key, secret.secret, someGuest.slice('Guest '.length)]) expect(all).not.toContain(opens)
})

test('AUTH6 origins that the site has not named may read and not post', async () => {
  const guarded = await make.site(['https://acme.example', 'http://localhost:3000'])
  const room = await make.room(guarded, { posting: 'guests' })
  const authorization = guest()
  const post = (origin: string | undefined) =>
    app.inject({
      method: 'POST',
      url: `/v1/rooms/${room.address}/items`,
      headers: { authorization, ...(origin !== undefined && { origin }) },
      payload: { text: 'Hello', author: { name: 'Ada' } },
    })
  for (const origin of [
    undefined,
    'https://acme.example',
    'HTTPS://ACME.example:443',
    'http://localhost:3000',
  ]) {
    expect((await post(origin)).statusCode).toBe(201)
  }
  const strangers = [
    'https://evil.example',
    'https://acme.example.evil.example',
    'https://evilacme.example',
    'http://acme.example',
    'https://acme.example:8443',
    'http://localhost',
    'null',
    '',
    'https://acme.example/path',
    'https://user@acme.example',
  ]
  for (const origin of strangers) {
    expect((await post(origin)).json().code).toBe('origin-forbidden')
    const read = await app.inject({ url: `/v1/rooms/${room.address}/items`, headers: { origin } })
    expect(read.statusCode).toBe(200)
    expect(read.json().items).toHaveLength(4)
  }
})
