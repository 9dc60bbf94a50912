import { describe, expect, it, vi } from 'vitest'
import { atEnd } from '../../../e2e/parts/at-end.ts'
import { createSiteSecret } from '../auth/site-secrets.ts'
import { signSiteToken } from '../auth/site-token.ts'
import { updateRoom } from '../rooms/update-room.ts'
import { updateSite } from '../rooms/update-site.ts'
import { guest, testApp } from '../test-app.ts'
import type { Transport } from './test-follower.ts'
import { listen, newPlace, type Place } from './test-place.ts'
import { watchers } from './test-watching.ts'

const test = await testApp()
const url = await listen(test)
const watch = watchers(url)

/** Good until `endTokens`: for a minute past its own end, because clocks differ. */
async function shortToken({ site }: Place, role?: 'moderator'): Promise<string> {
  const secret = await createSiteSecret(test.database, test.box, site.id, true)
  const claims = { sub: 'ada', name: 'Ada', ...(role && { role }) }
  return `Bearer ${await signSiteToken(secret, site.slug, claims, 0)}`
}

/** From here to the end of the test it is two minutes later. */
function endTokens(): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 120_000 })
  atEnd(() => void vi.useRealTimers())
}

async function revokeKey(id: string): Promise<void> {
  await test.database.sql`UPDATE api_keys SET revoked_at = now() WHERE id = ${id}`
}

describe.each(['socket', 'stream'] as Transport[])('by %s', (transport) => {
  it('RIGHT1 takes the staff view from a key that was revoked, and goes on as for readers', async () => {
    const place = await newPlace(test)
    const { authorization: token, id } = await test.keyWithId(place.site, 'moderate')
    const staff = watch(transport, [{ room: place.address, token, view: 'staff' }])
    const other = watch(transport, [{ room: place.address, token: place.moderator, view: 'staff' }])
    await Promise.all([staff.frame('joined'), other.frame('joined')])
    const { position } = await place.post('one')
    await staff.reaches(position)
    await revokeKey(id)
    expect(await staff.frame('reset')).toMatchObject({ room: place.address, position, reason: 'view' })
    await staff.joins({ view: 'reader', may: ['read'], position })
    await place.post('for all')
    await staff.hears('for all')
    expect(other.frames.some(({ type }) => type === 'reset')).toBe(false)
  })

  it('RIGHT2 takes the staff view when the token ends, and goes on as for readers', async () => {
    const place = await newPlace(test)
    const token = await shortToken(place, 'moderator')
    const staff = watch(transport, [{ room: place.address, token, view: 'staff' }])
    await staff.joins({ view: 'staff' })
    endTokens()
    await staff.joins({ view: 'reader', may: ['read'] })
    await place.post('for all')
    await staff.hears('for all')
  })

  it('RIGHT3 ends private reading when the token ends or its secret is revoked', async () => {
    const place = await newPlace(test, { visibility: 'private' })
    const ended = watch(transport, [{ room: place.address, token: await shortToken(place) }])
    const revoked = watch(transport, [{ room: place.address, token: await test.user(place.site) }])
    const stays = watch(transport, [{ room: place.address, token: place.moderator }])
    for (const reader of [ended, revoked, stays]) await reader.frame('joined')
    endTokens()
    expect(await ended.frame('error')).toMatchObject({ room: place.address, code: 'token-expired' })
    await test.database.sql`UPDATE site_secrets SET revoked_at = now() WHERE site_id = ${place.site.id}`
    expect(await revoked.frame('error')).toMatchObject({ room: place.address, code: 'room-unknown' })
    await place.post('among us')
    await stays.hears('among us')
    expect(ended.told + revoked.told).not.toContain('among us')
  })

  it('RIGHT3 says that it was the token that ended', async () => {
    const place = await newPlace(test, { visibility: 'private' })
    const reader = watch(transport, [{ room: place.address, token: await shortToken(place) }])
    await reader.frame('joined')
    endTokens()
    expect(await reader.frame('error')).toMatchObject({ room: place.address, code: 'token-expired' })
  })

  it('RIGHT5 leaves public reading alone when a token ends', async () => {
    const place = await newPlace(test)
    const reader = watch(transport, [{ room: place.address, token: await shortToken(place) }])
    const witness = watch(transport, [
      { room: place.address, token: await shortToken(place, 'moderator'), view: 'staff' },
    ])
    await Promise.all([reader.frame('joined'), witness.frame('joined')])
    endTokens()
    await witness.frame('reset')
    await place.post('for all')
    await reader.hears('for all')
    const types = reader.frames.map(({ type }) => type).filter((type) => type !== 'head')
    expect(types).toEqual(['joined', 'changes'])
  })
})

it.each(['socket', 'stream', 'poll'] as Transport[])(
  'RIGHT4 ends reading of a room that has become private, by %s, but for those whom the site signed in',
  async (transport) => {
    const place = await newPlace(test)
    const asks = [{}, { token: guest() }, { token: await test.user(place.site) }]
    const [anybody, visitor, user] = asks.map((ask) => watch(transport, [{ room: place.address, ...ask }]))
    for (const reader of [anybody, visitor, user]) await reader?.frame('joined')
    await updateRoom(test.database, place.room.id, { visibility: 'private' })
    const refused = { room: place.address, code: 'room-unknown' }
    expect(await anybody?.frame('error')).toMatchObject(refused)
    expect(await visitor?.frame('error')).toMatchObject(refused)
    await place.post('among us')
    await user?.hears('among us')
    expect(`${anybody?.told}${visitor?.told}`).not.toContain('among us')
  },
)

it.each(['socket', 'stream', 'poll'] as Transport[])(
  'RIGHT7 tells readers of a site that was deleted that it is gone, by %s, and nothing more',
  async (transport) => {
    const [place, other] = [await newPlace(test), await newPlace(test)]
    const [reader, neighbour] = [place, other].map(({ address }) => watch(transport, [{ room: address }]))
    for (const one of [reader, neighbour]) await one?.frame('joined')
    await updateSite(test.database, place.site.id, { gone: true })
    expect(await reader?.frame('error')).toMatchObject({
      room: place.address,
      code: 'site-gone',
      retry: false,
    })
    await other.post('still here')
    await neighbour?.hears('still here')
  },
)
