import { afterAll, expect, inject, test } from 'vitest'
import { ServerProcess } from '../../../e2e/parts/server-process.ts'
import { testDatabase } from '../db/test-database.ts'
import type { Transport } from '../transports/test-follower.ts'
import { watchers } from '../transports/test-watching.ts'
import { runHalley } from './test-halley.ts'

const database = await testDatabase()
const server = await ServerProcess.start({
  databaseUrl: database.url,
  redisUrl: inject('redisUrl'),
  env: { DEMO: 'off' },
})
afterAll(async () => {
  await server.end()
  await server.remove()
})
const watch = watchers(server.url)

async function halley(...args: string[]): Promise<string> {
  const { code, out, err } = await runHalley(args, server.env)
  expect([code, err]).toEqual([0, ''])
  return out
}

test('CLI11 a room is private for whoever reads it before its new title is told', async () => {
  const room = 'acme/plans'
  await halley('site', 'create', 'acme')
  await halley('room', 'create', room, '--title', 'Plans')
  const token = `Bearer ${await halley('key', 'create', 'acme', '--scope', 'moderate')}`
  const staff = watch('socket', [{ room, token }])
  const anybody = (['socket', 'stream', 'poll'] as Transport[]).map((transport) =>
    watch(transport, [{ room }]),
  )
  for (const reader of [staff, ...anybody]) await reader.frame('joined')
  await halley('room', 'update', room, '--visibility', 'private', '--title', 'What we hide')
  await staff.hears('What we hide')
  for (const reader of anybody) {
    expect(await reader.frame('error')).toMatchObject({ room, code: 'room-unknown' })
    expect(reader.told).not.toContain('What we hide')
  }
})
