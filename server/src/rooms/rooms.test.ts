import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { drizzle } from '../db/drizzle.ts'
import { testDatabase } from '../db/test-database.ts'
import { createRoom } from './create-room.ts'
import { createSite } from './create-site.ts'
import { findSite } from './find-site.ts'
import type { Site } from './room.ts'
import { Rooms } from './rooms.ts'
import { updateRoom } from './update-room.ts'
import { updateSite } from './update-site.ts'

const database = await testDatabase()

async function aSite(): Promise<Site> {
  const site = await createSite(database, { slug: `s${randomUUID()}`, origins: ['https://acme.example'] })
  if (!site) throw new Error('the slug was taken')
  return site
}

test('ROOM1 a room is found by its address, as it was made', async () => {
  const site = await aSite()
  const made = await createRoom(database, site, {
    slug: 'keynote',
    title: 'Keynote',
    posting: 'guests',
    visibility: 'private',
    settings: { holdPosts: true },
  })
  expect(await new Rooms(database).find(site.slug, 'keynote')).toEqual(made)
  expect(made).toMatchObject({
    address: `${site.slug}/keynote`,
    site: { origins: ['https://acme.example'] },
    state: 'open',
    visibility: 'private',
    posting: 'guests',
    settings: { holdPosts: true, editWindow: 300, textLimit: 4000 },
  })
  expect(await new Rooms(database).find(site.slug, 'other')).toBeUndefined()
  expect(await findSite(database, site.slug)).toEqual(site)
})

test('ROOM2 a slug that is taken stays with who has it; two sites may have rooms of one name', async () => {
  const [site, other] = [await aSite(), await aSite()]
  expect(await createSite(database, { slug: site.slug })).toBeUndefined()
  expect(await createRoom(database, site, { slug: 'live', title: 'One' })).toBeDefined()
  expect(await createRoom(database, site, { slug: 'live', title: 'Two' })).toBeUndefined()
  expect(await createRoom(database, other, { slug: 'live', title: 'Three' })).toBeDefined()
  expect(await new Rooms(database).find(site.slug, 'live')).toMatchObject({ title: 'One' })
})

test('ROOM3 what was found, and that nothing was, is remembered for two seconds or until it is forgotten', async () => {
  let now = 0
  const rooms = new Rooms(database, () => now)
  const site = await aSite()
  expect(await rooms.find(site.slug, 'live')).toBeUndefined()
  const made = await createRoom(database, site, { slug: 'live', title: 'Live' })
  now = 1_999
  expect(await rooms.find(site.slug, 'live')).toBeUndefined()
  now = 2_000
  expect(await rooms.find(site.slug, 'live')).toEqual(made)

  if (made) await updateRoom(database, made.id, { visibility: 'private', settings: { editWindow: 7 } })
  await updateSite(database, site.id, { origins: [] })
  expect(await rooms.find(site.slug, 'live')).toEqual(made)
  rooms.forget(`${site.slug}/live`)
  expect(await rooms.find(site.slug, 'live')).toMatchObject({
    visibility: 'private',
    settings: { editWindow: 7, textLimit: 4000 },
    site: { origins: [] },
  })
})

test('ROOM5 many who ask for a room at once cost one look, and no more is remembered than there is space for', async () => {
  let looks = 0
  const counted = new Proxy(database.sql, {
    get: (target, key) => {
      if (key === 'unsafe') looks += 1
      return Reflect.get(target, key)
    },
  })
  const rooms = new Rooms({ ...database, db: drizzle(counted) }, () => 0, 2)
  const site = await aSite()
  await createRoom(database, site, { slug: 'live', title: 'Live' })
  const found = await Promise.all(Array.from({ length: 100 }, () => rooms.find(site.slug, 'live')))
  expect(new Set(found).size).toBe(1)
  expect(looks).toBe(1)
  for (const slug of ['a', 'live', 'b', 'live']) await rooms.find(site.slug, slug)
  expect(looks).toBe(3)
  await rooms.find(site.slug, 'a')
  expect(looks).toBe(4)
})

test('ROOM6 many rooms are looked for at once, and then found in memory', async () => {
  let now = 0
  const rooms = new Rooms(database, () => now)
  const [site, other] = [await aSite(), await aSite()]
  const made = await createRoom(database, site, { slug: 'live', title: 'Live' })
  await createRoom(database, other, { slug: 'live', title: 'Theirs' })
  expect(await rooms.find(site.slug, 'live')).toEqual(made)
  if (made) await updateRoom(database, made.id, { visibility: 'private' })
  now = 1_000
  await rooms.refresh([`${site.slug}/live`, `${site.slug}/none`])
  await createRoom(database, site, { slug: 'none', title: 'Not yet known' })
  now = 2_999
  expect(await rooms.find(site.slug, 'live')).toEqual({ ...made, visibility: 'private' })
  expect(await rooms.find(site.slug, 'none')).toBeUndefined()
  now = 3_000
  expect(await rooms.find(site.slug, 'none')).toMatchObject({ title: 'Not yet known' })
})
