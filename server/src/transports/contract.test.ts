import { formatPosition, LIMITS, parsePosition } from '@halley/shared'
import { describe, expect, it } from 'vitest'
import { until } from '../../../e2e/parts/until.ts'
import { guest, testApp } from '../test-app.ts'
import type { Transport } from './test-follower.ts'
import { listen, newPlace } from './test-place.ts'
import { watchers } from './test-watching.ts'

const test = await testApp()
const url = await listen(test)
const watch = watchers(url)

describe.each(['socket', 'stream', 'poll'] as Transport[])('by %s', (transport) => {
  it('WIRE1 joins at the head where no position is given', async () => {
    const place = await newPlace(test)
    const { position } = await place.post('before')
    const reader = watch(transport, [{ room: place.address }])
    const { revs, ...rest } = { ...(await reader.frame('joined')), revs: reader.revs() }
    const after = parsePosition(position)?.rev
    expect(rest).toMatchObject({ after, position, view: 'reader', may: ['read'], heartbeatMs: 15_000 })
    expect(revs).toEqual([])
    const posted = await place.post('after')
    await reader.reaches(posted.position)
    expect(reader.revs()).toEqual([posted.item.rev])
  })

  it('WIRE2 tells all that happened since a position, once and in order, and goes on', async () => {
    const place = await newPlace(test)
    const { position } = await place.post('one')
    for (const text of ['two', 'three', 'four']) await place.post(text)
    const reader = watch(transport, [{ room: place.address, since: position }])
    await reader.hears('four')
    const posts = await Promise.all(['five', 'six', 'seven'].map((text) => place.post(text)))
    await reader.reaches(
      posts
        .map((post) => post.position)
        .toSorted()
        .at(-1) as string,
    )
    expect(reader.revs()).toEqual([2, 3, 4, 5, 6, 7])
  })

  it('WIRE3 catches up from the very beginning of a room', async () => {
    const place = await newPlace(test)
    const { position } = await place.post('one')
    const beginning = formatPosition(position.split(':')[0] as string, 0)
    const reader = watch(transport, [{ room: place.address, since: beginning }])
    await reader.reaches(position)
    expect(reader.revs()).toEqual([1])
  })

  it.each([
    ['another life of the log', 'epoch', () => 'zzzz:1'],
    ['a head that was never reached', 'ahead', (at: string) => at.replace(/\d+$/, '2')],
    [
      'the largest rev there can be',
      'ahead',
      (at: string) => at.replace(/\d+$/, `${Number.MAX_SAFE_INTEGER}`),
    ],
  ])('WIRE4 resets a reader who comes from %s', async (_, reason, since) => {
    const place = await newPlace(test)
    const { position } = await place.post('one')
    const reader = watch(transport, [{ room: place.address, since: since(position) }])
    expect(await reader.frame('reset')).toEqual({ type: 'reset', room: place.address, position, reason })
    expect(reader.frames).toHaveLength(1)
  })

  it("WIRE4 resets a reader who comes with another room's position", async () => {
    const [place, other] = [await newPlace(test), await newPlace(test)]
    await place.post('one')
    const { position } = await other.post('two')
    const reader = watch(transport, [{ room: place.address, since: position }])
    expect(await reader.frame('reset')).toMatchObject({ room: place.address, reason: 'epoch' })
  })

  it('WIRE4 resets a reader who is too far behind', async () => {
    const place = await newPlace(test)
    const { position } = await place.post('one')
    await Promise.all(Array.from({ length: LIMITS.catchUpChanges + 1 }, (_, i) => place.post(`item ${i}`)))
    const reader = watch(transport, [{ room: place.address, since: position }])
    expect(await reader.frame('reset')).toMatchObject({ room: place.address, reason: 'too-far' })
  })

  it.each([
    '',
    '0',
    'k3f9',
    'k3f9:',
    'k3f9:-1',
    'k3f9:NaN',
    'k3f9:01',
    'k3f9:1e3',
    'k3f9:9007199254740992',
    'K3F9:1',
    'k3f9:1 ',
    'k3f9:1:2',
    '../..:1',
  ])('WIRE5 refuses "%s", which is no position', async (since) => {
    const place = await newPlace(test)
    const reader = watch(transport, [{ room: place.address, since }])
    expect(await reader.frame('error')).toMatchObject({ code: 'bad-position' })
    expect(reader.frames).toHaveLength(1)
  })

  it('WIRE6 follows many rooms on one connection', async () => {
    const places = await Promise.all(Array.from({ length: 20 }, () => newPlace(test)))
    const reader = watch(
      transport,
      places.map(({ address }) => ({ room: address })),
    )
    for (const { address } of places) await reader.frame('joined', address)
    for (const [i, place] of places.entries()) await place.post(`in room ${i}`)
    for (const [i, { address }] of places.entries()) {
      await reader.hears(`in room ${i}`)
      expect(reader.revs(address)).toEqual([1])
    }
  })

  it('WIRE7 answers alike for a room that is not there, one that is private, and a site that is not', async () => {
    const place = await newPlace(test, { visibility: 'private' })
    const nowhere = `${place.site.slug}/nowhere`
    const asks = [place.address, nowhere, 'no-such-site/room'].flatMap((room) => [
      { room },
      { room, token: guest() },
      { room, token: 'Bearer hk_of_another' },
      { room, token: 'Bearer a.b.c' },
    ])
    const answers = await Promise.all(
      asks.map(async (ask) => ({ ...(await watch(transport, [ask]).frame('error')), room: '' })),
    )
    for (const answer of answers) expect(answer).toEqual({ ...answers[0], code: 'room-unknown' })
  })

  it('WIRE8 tells of a refused room and follows the others', async () => {
    const place = await newPlace(test)
    const reader = watch(transport, [{ room: 'no-such-site/room' }, { room: place.address }])
    expect(await reader.frame('error')).toMatchObject({ room: 'no-such-site/room', code: 'room-unknown' })
    await reader.frame('joined', place.address)
    await place.post('here')
    await reader.hears('here')
  })

  it('WIRE9 lets pages of the site in, and programs, and no other pages', async () => {
    const place = await newPlace(test, {}, ['https://acme.example'])
    const join = (origin?: string) => watch(transport, [{ room: place.address }], origin ? { origin } : {})
    await join('https://acme.example').frame('joined')
    await join('https://acme.example:443').frame('joined')
    await join().frame('joined')
    for (const origin of [
      'https://acme.example.evil.example',
      'https://evilacme.example',
      'http://acme.example',
      'https://acme.example:8443',
      'null',
    ]) {
      expect(await join(origin).frame('error')).toMatchObject({ code: 'origin-forbidden' })
    }
  })

  it('WIRE10 shows held items to staff alone, and moves the position of readers all the same', async () => {
    const place = await newPlace(test, { posting: 'guests', settings: { holdPosts: true } })
    const beginning = formatPosition((await place.post('public')).position.split(':')[0] as string, 0)
    const staff = watch(transport, [{ room: place.address, token: place.moderator, view: 'staff' }])
    const reader = watch(transport, [{ room: place.address }])
    expect(await staff.frame('joined')).toMatchObject({ view: 'staff' })
    await reader.frame('joined')
    const held = await test.app.inject({
      method: 'POST',
      url: `/v1/rooms/${place.address}/items`,
      headers: { authorization: guest() },
      payload: { text: 'secret until released', author: { name: 'Grace' } },
    })
    await staff.hears('secret until released')
    const late = watch(transport, [{ room: place.address, since: beginning }])
    await late.reaches(beginning.replace(/0$/, '2'))
    expect(late.revs()).toEqual([1])
    expect(late.told).not.toContain('secret')
    expect(reader.told).not.toContain('secret')

    const released = await place.moderate(held.json().id, 'release')
    for (const each of [reader, late]) {
      await each.reaches(released)
      expect(each.revs().at(-1)).toBe(3)
      expect(each.gaps()).toBe(0)
    }
  })

  it('WIRE11 takes a removed item from whoever is there, and never shows it to whoever comes', async () => {
    const place = await newPlace(test)
    const first = await place.post('first')
    const { item, position } = await place.post('to be regretted')
    const reader = watch(transport, [{ room: place.address, since: first.position }])
    await reader.reaches(position)
    const removed = await place.moderate(item.id, 'remove')
    await reader.reaches(removed)
    expect(reader.changes().at(-1)).toEqual({
      rev: 3,
      type: 'removed',
      item: { id: item.id, seq: 2, rev: 3, removed: true },
    })
    const beginning = first.position.replace(/\d+$/, '0')
    for (const since of [beginning, first.position, position]) {
      const late = watch(transport, [{ room: place.address, since }])
      await late.reaches(removed)
      expect(late.told).not.toContain('regretted')
    }
  })

  it('WIRE12 shows a private room to those whom the site signed in', async () => {
    const place = await newPlace(test, { visibility: 'private' })
    const reader = watch(transport, [{ room: place.address, token: await test.user(place.site) }])
    await reader.frame('joined')
    await place.post('among us')
    await reader.hears('among us')
  })

  it('WIRE13 keeps the staff view for moderators', async () => {
    const place = await newPlace(test)
    const view = 'staff'
    const join = (token?: string) =>
      watch(transport, [{ room: place.address, view, ...(token && { token }) }])
    expect(await join().frame('error')).toMatchObject({ code: 'sign-in-required' })
    expect(await join(guest()).frame('error')).toMatchObject({ code: 'sign-in-required' })
    expect(await join(await test.user(place.site)).frame('error')).toMatchObject({ code: 'forbidden' })
    await join(await test.user(place.site, { role: 'moderator' })).frame('joined')
  })

  it('WIRE14 tells each of many readers every item once and in order', async () => {
    const place = await newPlace(test)
    const readers = Array.from({ length: 30 }, () => watch(transport, [{ room: place.address }]))
    for (const reader of readers) await reader.frame('joined')
    const posts = await Promise.all(Array.from({ length: 50 }, (_, i) => place.post(`item ${i}`)))
    const revs = posts.map(({ item }) => item.rev).toSorted((a, b) => a - b)
    for (const reader of readers) {
      await until('all items', () => reader.revs().length >= 50)
      expect(reader.revs()).toEqual(revs)
    }
  })
})
