import { createHmac, generateKeyPairSync } from 'node:crypto'
import { SignJWT } from 'jose'
import { expect, test } from 'vitest'
import type { Site, SiteId } from '../rooms/room.ts'
import { makeIdentify } from './identify.ts'
import type { SiteSecret } from './site-secrets.ts'
import { makeTokenProof } from './site-token.ts'

const site: Site = { id: 1 as SiteId, slug: 'acme', origins: [], gone: false }
const secrets: readonly SiteSecret[] = [
  { kid: 'plain', secret: 'p'.repeat(43), allowRoles: false },
  { kid: 'roles', secret: 'r'.repeat(43), allowRoles: true },
]
const identify = makeIdentify({
  key: () => Promise.reject(new Error('no key was shown')),
  jwt: makeTokenProof(async (_site, kid) => secrets.find((secret) => secret.kid === kid)),
})

const now = () => Math.floor(Date.now() / 1000)
const good = () => ({ sub: 'u1', name: 'Ada', aud: 'acme', exp: now() + 600 })

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
/** Signs whatever it is told to, as no honest library would. */
function sign(claims: object, header: object = {}, secret = secrets[0]?.secret as string): string {
  const signed = `${encode({ alg: 'HS256', kid: 'plain', ...header })}.${encode(claims)}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}
const whoIs = (token: string) => identify(`Bearer ${token}`, site)
const roleKey = secrets[1]?.secret as string

test('TOKEN1 a token of the site names its user', async () => {
  const exp = now() + 600
  expect(await whoIs(sign({ ...good(), exp, avatar: 'https://acme.example/a.png' }))).toEqual({
    kind: 'user',
    poster: 'user:u1',
    name: 'Ada',
    avatar: 'https://acme.example/a.png',
    expiresAt: exp * 1000,
    kid: 'plain',
  })
  expect(await whoIs(sign({ ...good(), aud: ['other', 'acme'] }))).toMatchObject({ name: 'Ada' })
  expect(await whoIs(sign({ ...good(), avatar: 'javascript:alert(1)' }))).not.toHaveProperty('avatar')
  expect(await identify(`bearer  ${sign(good())}`, site)).toMatchObject({ name: 'Ada' })
})

test.each<[string, () => string]>([
  ['another site', () => sign({ ...good(), aud: 'other' })],
  ['no site', () => sign({ ...good(), aud: undefined })],
  ['a site by its beginning', () => sign({ ...good(), aud: 'acm' })],
  ['no end', () => sign({ ...good(), exp: undefined })],
  ['an end that is a word', () => sign({ ...good(), exp: 'later' })],
  ['an end after more than an hour', () => sign({ ...good(), exp: now() + 3600 + 120 })],
  ['nobody', () => sign({ ...good(), sub: undefined })],
  ['an empty sub', () => sign({ ...good(), sub: '' })],
  ['a sub that is a number', () => sign({ ...good(), sub: 7 })],
  ['no name', () => sign({ ...good(), name: undefined })],
  ['a blank name', () => sign({ ...good(), name: ' ' })],
  ['a name that is a list', () => sign({ ...good(), name: ['Ada'] })],
  ['a beginning that has not come', () => sign({ ...good(), nbf: now() + 300 })],
  ['another secret', () => sign(good(), {}, 'x'.repeat(43))],
  ['the secret of another kid', () => sign(good(), { kid: 'roles' })],
  ['an unknown kid', () => sign(good(), { kid: 'other' })],
  ['no kid', () => sign(good(), { kid: undefined })],
  ['a kid that is a path', () => sign(good(), { kid: '../../dev/null' })],
  ['the algorithm none', () => `${sign(good(), { alg: 'none' }).split('.').slice(0, 2).join('.')}.`],
  ['the algorithm none, signed', () => sign(good(), { alg: 'none' })],
  ['the algorithm HS512', () => sign(good(), { alg: 'HS512' })],
  ['the algorithm RS256', () => sign(good(), { alg: 'RS256' })],
  ['a key of its own', () => sign(good(), { jwk: { kty: 'oct', k: 'eA' } })],
  ['the address of a key', () => sign(good(), { jku: 'https://evil.example/jwks' })],
  ['the address of a certificate', () => sign(good(), { x5u: 'https://evil.example/cert' })],
  ['something that must be understood', () => sign(good(), { crit: ['b64'], b64: false })],
  ['no signature', () => sign(good()).split('.').slice(0, 2).join('.')],
  ['another payload', () => sign(good()).replace(/\.[^.]+\./, `.${encode({ ...good(), sub: 'u2' })}.`)],
  ['more than 4 KB', () => sign({ ...good(), more: 'a'.repeat(4096) })],
  ['an end long ago and another secret', () => sign({ ...good(), exp: now() - 600 }, {}, 'x'.repeat(43))],
  ['nothing', () => '..'],
])('TOKEN2 refuses a token with %s', async (_what, token) => {
  await expect(whoIs(token())).rejects.toMatchObject({ code: 'token-invalid' })
})

test('TOKEN2 refuses a token that was signed with a public key', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const token = await new SignJWT(good()).setProtectedHeader({ alg: 'RS256', kid: 'plain' }).sign(privateKey)
  await expect(whoIs(token)).rejects.toMatchObject({ code: 'token-invalid' })
})

test('TOKEN3 a token that has ended is told from one that never was good; clocks may be a minute apart', async () => {
  await expect(whoIs(sign({ ...good(), exp: now() - 90 }))).rejects.toMatchObject({ code: 'token-expired' })
  expect(await whoIs(sign({ ...good(), exp: now() - 30 }))).toMatchObject({ name: 'Ada' })
  expect(await whoIs(sign({ ...good(), exp: now() + 3600 + 30 }))).toMatchObject({ name: 'Ada' })
})

test('TOKEN4 names staff only with a secret that may, and only as what there is', async () => {
  const staff = { ...good(), role: 'moderator' }
  expect(await whoIs(sign(staff))).not.toHaveProperty('role')
  expect(await whoIs(sign(staff, { kid: 'roles' }, roleKey))).toMatchObject({ role: 'moderator' })
  for (const role of ['root', '', 7, ['owner'], null]) {
    expect(await whoIs(sign({ ...good(), role }, { kid: 'roles' }, roleKey))).not.toHaveProperty('role')
  }
})

test('TOKEN5 two secrets are good at the same time, so that one can take over from the other', async () => {
  expect(await whoIs(sign(good()))).toMatchObject({ name: 'Ada' })
  expect(await whoIs(sign(good(), { kid: 'roles' }, roleKey))).toMatchObject({ name: 'Ada' })
})

test('GUEST1 a guest is who has the token, at one site', async () => {
  const token = 'A'.repeat(43)
  const here = await identify(`Guest ${token}`, site)
  expect(here).toMatchObject({ kind: 'guest', poster: expect.stringMatching(/^guest:[\w-]{43}$/) })
  expect(JSON.stringify(here)).not.toContain(token)
  expect(await identify(`guest ${token}`, site)).toEqual(here)
  expect(await identify(`Guest ${'A'.repeat(42)}E`, site)).not.toEqual(here)
  expect(await identify(`Guest ${token}`, { ...site, id: 2 as SiteId })).not.toEqual(here)
})

test.each([
  'Guest',
  'Guest ',
  `Guest ${'A'.repeat(42)}`,
  `Guest ${'A'.repeat(44)}`,
  `Guest ${'A'.repeat(42)}B`,
  `Guest ${'A'.repeat(42)}=`,
  `Guest ${'A'.repeat(42)}+`,
  `Guest ${'A'.repeat(43)} ${'A'.repeat(43)}`,
  `Guest\t${'A'.repeat(43)}`,
  'Basic YTpi',
  'Bearer',
  '',
  ' ',
])('GUEST2 refuses %j', async (authorization) => {
  await expect(identify(authorization, site)).rejects.toMatchObject({ code: 'token-invalid' })
})
