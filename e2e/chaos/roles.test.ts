import type { ItemsPage } from '@halley/shared'
import { afterEach, expect, test } from 'vitest'
import { type Role, RoleProxy } from '../parts/role-proxy.ts'
import { until } from '../parts/until.ts'
import { Evening } from './evening.ts'
import type { StageNode } from './stage.ts'

const ROLES: readonly Role[] = ['api', 'stream', 'ingest', 'jobs']

let evening: Evening | undefined

afterEach(async ({ task }) => {
  await evening?.clear(task.result?.state === 'fail')
  evening = undefined
})

/** People reach the parts through a balancer alone; there are as many processes of each role as is said. */
function beginWith(count: number): Promise<Evening> {
  const roles = Array.from({ length: count }, () => ROLES).flat()
  return Evening.begin({
    nodes: roles.map((role) => ({ env: { ROLES: role } })),
    before: async (nodes) => {
      const portsOf = (role: Role) => nodes.filter(isOf(role)).map(({ server }) => server.port)
      const [api, stream, ingest, jobs] = [
        portsOf('api'),
        portsOf('stream'),
        portsOf('ingest'),
        portsOf('jobs'),
      ]
      const proxy = await RoleProxy.to({ api, stream, ingest, jobs })
      return { server: proxy, settings: {}, close: () => proxy.close() }
    },
  })
}

const isOf =
  (role: Role) =>
  ({ settings }: StageNode): boolean =>
    settings.env?.ROLES === role

/** What everybody sees of it: the balancer has nobody for what that role does. */
function isAway({ people, place }: Evening, role: Role, node: StageNode): () => Promise<boolean> {
  const url = people.readers[0]?.node?.server.url
  const [path, method] = {
    api: [`/v1/rooms/${place.room}`, 'GET'],
    stream: [`/v1/poll?room=${place.room}&wait=0`, 'GET'],
    ingest: [`/v1/rooms/${place.room}/items`, 'POST'],
    jobs: [`/health/live`, 'GET'],
  }[role] as [string, string]
  const asked = role === 'jobs' ? node.server.url : url
  return async () => {
    const answer = await fetch(`${asked}${path}`, { method }).catch(() => undefined)
    await answer?.body?.cancel()
    return role === 'jobs' ? answer === undefined : answer?.status === 502
  }
}

const readsPage = async ({ people, place }: Evening): Promise<ItemsPage> => {
  const answer = await fetch(`${people.readers[0]?.node?.server.url}/v1/rooms/${place.room}/items?limit=200`)
  expect(answer.status, 'of a page').toBe(200)
  return (await answer.json()) as ItemsPage
}

/** What goes on while a role is away, and what does not. */
const meanwhile: Record<Role, (evening: Evening) => Promise<void>> = {
  api: (here) => here.goesOn('posting and following without pages'),
  async stream(here) {
    const before = here.people.writers.map(({ writer }) => writer.accepted.length)
    const heard = here.people.readers.map(({ reader }) => reader.known.rev)
    await until('every writer to go on', () =>
      here.people.writers.every(({ writer }, n) => writer.accepted.length > (before[n] as number) + 3),
    )
    const { byId } = here.people.removals
    const last = here.people.writers[0]?.writer.accepted.findLast(({ id }) => !byId.has(id))?.id as string
    const { items, position } = await readsPage(here)
    const rev = Number(position.split(':')[1])
    // What the page lacks may have been taken down before, and nobody was answered that yet.
    await until(
      'the page to have what nobody is told',
      () => items.some(({ id }) => id === last) || Number(byId.get(last)?.rev) <= rev,
    )
    expect(here.people.readers.map(({ reader }) => reader.known.rev)).toEqual(heard)
  },
  async ingest(here) {
    const { connections, posted } = here.people
    const failures = here.people.refusedPosts
    await until('posts to fail', () => here.people.refusedPosts > failures + 10)
    await readsPage(here)
    expect(here.people.posted).toBe(posted)
    expect(here.people.connections, 'whoever follows stays').toBe(connections)
  },
  async jobs(here) {
    const { failures, connections } = here.people
    await here.goesOn('without work in the background')
    expect([here.people.failures, here.people.connections]).toEqual([failures, connections])
  },
}

test('ROLE3 everything holds while the only process of each role is ended, and killed', async () => {
  const here = await beginWith(1)
  evening = here
  for (const role of ROLES) {
    const node = here.nodes.find(isOf(role)) as StageNode
    const strikes = {
      SIGTERM: async () => expect(await node.server.end()).toBe(0),
      'kill -9': () => node.server.kill(),
    }
    for (const [name, strike] of Object.entries(strikes)) {
      await here.fault(`${name} of ${role}`, strike, isAway(here, role, node))
      await meanwhile[role](here)
      await node.server.start()
      await here.goesOn()
    }
  }
  await here.end()
})

test('ROLE3 everything holds while one of two processes of every role is killed, and the other does it all', async () => {
  const here = await beginWith(2)
  evening = here
  const halves = [here.nodes.slice(0, ROLES.length), here.nodes.slice(ROLES.length)]
  for (const half of halves) {
    const comesBack = here.somebodyComesBack()
    const fails = here.somebodyFails()
    await here.fault(
      'kill -9 of one of two of every role',
      () => Promise.all(half.map(({ server }) => server.kill())).then(() => {}),
      () => comesBack() && fails(),
    )
    await here.goesOn('with the other half')
    await Promise.all(half.map(({ server }) => server.start()))
    await here.goesOn('with both halves again')
  }
  await here.end()
})
