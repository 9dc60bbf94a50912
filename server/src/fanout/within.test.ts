import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterAll, expect, it } from 'vitest'
import { within } from './within.ts'

const server = createServer().listen(0, '127.0.0.1')
await once(server, 'listening')
const here = connect((server.address() as AddressInfo).port, '127.0.0.1')
const [there] = (await once(server, 'connection')) as [Socket]
afterAll(() => {
  here.destroy()
  server.close()
})

function workFor(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

it('FAN20 hears what arrived while the process was busy past the time that it had', async () => {
  const answer = within(20, once(here, 'data'))
  there.write('an answer')
  workFor(100)
  expect(String(await answer)).toBe('an answer')
})

it('FAN20 gives up what has not arrived', async () => {
  expect(await within(20, once(here, 'data'))).toBeUndefined()
})
