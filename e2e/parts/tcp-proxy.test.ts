import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { TcpProxy } from './tcp-proxy.ts'
import { until } from './until.ts'

/** A broken connection closes too, after its error. */
const closed = (socket: Socket): Promise<unknown> => new Promise((resolve) => socket.once('close', resolve))

test('PARTS3 the stretch of network carries, cuts and refuses', async () => {
  const echo = createServer((socket) => socket.on('error', () => {}).pipe(socket))
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  const proxy = await TcpProxy.to((echo.address() as { port: number }).port)
  const client = connect(proxy.port, '127.0.0.1').on('error', () => {})
  client.write('hello')
  const [heard] = (await once(client, 'data')) as [Buffer]
  expect(heard.toString()).toBe('hello')
  proxy.cut()
  await closed(client)
  proxy.refuse(true)
  const refused = connect(proxy.port, '127.0.0.1').on('error', () => {})
  await closed(refused)
  await until('the proxy to forget them', () => proxy.open === 0)
  expect(proxy.connections).toBe(2)
  await proxy.close()
  echo.close()
})
