import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { atEnd } from './at-end.ts'
import { RoleProxy } from './role-proxy.ts'

async function serverThatSays(name: string): Promise<number> {
  const server = createServer((_, answer) => void answer.end(name)).listen(0, '127.0.0.1')
  atEnd(() => void server.close())
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

test('PARTS8 the balancer goes round the servers of each role, whatever is asked of other roles in between', async () => {
  const two = (role: string) => Promise.all([serverThatSays(`${role} 1`), serverThatSays(`${role} 2`)])
  const [api, ingest, stream] = await Promise.all([two('api'), two('ingest'), two('stream')])
  const proxy = await RoleProxy.to({ api, ingest, stream, jobs: [] })
  atEnd(() => proxy.close())
  const met: string[] = []
  for (let n = 0; n < 2; n += 1)
    for (const [method, path] of [
      ['GET', '/v1/rooms/a/b'],
      ['POST', '/v1/rooms/a/b/items'],
      ['GET', '/v1/poll?room=a/b'],
      ['POST', '/v1/ack'],
    ] as const)
      met.push(await (await fetch(proxy.url + path, { method })).text())
  expect(met.toSorted()).toEqual([
    ...['api 1', 'api 2', 'ingest 1', 'ingest 2'],
    ...['stream 1', 'stream 1', 'stream 2', 'stream 2'],
  ])
})
