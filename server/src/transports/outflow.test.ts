import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { until } from '../../../e2e/parts/until.ts'
import { isDirect, Outflow } from './outflow.ts'

const open: Socket[] = []
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy()
})

/** Both ends of a connection. */
async function pair(): Promise<[Socket, Socket]> {
  const server = createServer({ noDelay: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const reader = connect(port, '127.0.0.1')
  const [socket] = (await once(server, 'connection')) as [Socket]
  server.close()
  socket.on('error', () => {})
  reader.on('error', () => {})
  open.push(socket, reader)
  return [socket, reader]
}

const numbered = (n: number, size: number): string => `${n}:${'x'.repeat(size)};`

test('WIRE19 on this Node what a reader can take at once goes to the kernel past the socket', async () => {
  expect(isDirect).toBe(true)
  const [socket, reader] = await pair()
  const outflow = new Outflow(socket)
  const before = socket.bytesWritten
  let handed = 0
  const { write } = socket
  socket.write = ((...parts: Parameters<typeof write>) => {
    handed += 1
    return write.apply(socket, parts)
  }) as typeof write
  outflow.write(Buffer.from('now'))
  const [data] = (await once(reader, 'data')) as [Buffer]
  expect(data.toString()).toBe('now')
  expect([handed, outflow.queued, socket.bytesWritten - before]).toEqual([0, 0, 3])
})

test('WIRE19 all arrives once and in order, whoever else writes and however slowly it is read', async () => {
  const [socket, reader] = await pair()
  const outflow = new Outflow(socket)
  reader.pause()
  let sent = ''
  for (let n = 0; n < 600; n++) {
    const text = numbered(n, n % 7 === 0 ? 60_000 : 300)
    sent += text
    if (n % 11 === 5) socket.write(text)
    else outflow.write(n % 13 === 6 ? text : Buffer.from(text))
    if (n % 50 === 49) await new Promise((resolve) => setImmediate(resolve))
  }
  expect(outflow.queued).toBeGreaterThan(0)
  let heard = ''
  reader.setEncoding('latin1').on('data', (text: string) => {
    heard += text
  })
  reader.resume()
  await until('all to have arrived', () => heard.length >= sent.length)
  expect(heard === sent).toBe(true)
  expect(outflow.queued).toBe(0)
  socket.end()
  await once(reader, 'end')
})

test('WIRE19 what waits is counted, and is sent before an end', async () => {
  const [socket, reader] = await pair()
  const outflow = new Outflow(socket)
  reader.pause()
  const chunk = Buffer.alloc(1_000_000, 'y')
  let sent = 0
  while (outflow.queued < 3 * chunk.length) {
    outflow.write(chunk)
    sent += chunk.length
  }
  socket.end()
  let heard = 0
  reader.on('data', (bytes: Buffer) => {
    heard += bytes.length
  })
  reader.resume()
  await once(reader, 'end')
  expect(heard).toBe(sent)
})

test('WIRE19 it keeps behind what others have written to the socket and waits', async () => {
  const [socket, reader] = await pair()
  const outflow = new Outflow(socket)
  reader.pause()
  let bytes = 0
  while (socket.writableLength < 3_000_000) {
    socket.write(Buffer.alloc(1_000_000, 'y'))
    bytes += 1_000_000
  }
  outflow.write(Buffer.from('last'))
  let heard = ''
  reader.setEncoding('latin1').on('data', (text: string) => {
    heard += text
  })
  reader.resume()
  await until('all to have arrived', () => heard.length >= bytes + 4)
  expect(heard.slice(-8)).toBe('yyyylast')
})

test('WIRE19 of several sockets each waits for itself', async () => {
  const pairs = await Promise.all([pair(), pair(), pair()])
  const each = pairs.map(([socket, reader]) => {
    reader.pause()
    const outflow = new Outflow(socket)
    let sent = 0
    while (outflow.queued === 0) {
      outflow.write(Buffer.alloc(1_000_000))
      sent += 1_000_000
    }
    return { reader, outflow, sent }
  })
  for (const { reader, outflow, sent } of each) {
    let heard = 0
    reader.on('data', (bytes: Buffer) => {
      heard += bytes.length
    })
    reader.resume()
    await until('all to have arrived', () => heard === sent)
    await until('nothing to wait', () => outflow.queued === 0)
  }
})

test('WIRE19 a reader who is gone, also while something waits, ends the socket and nothing else', async () => {
  const [socket, reader] = await pair()
  const outflow = new Outflow(socket)
  reader.pause()
  while (outflow.queued === 0) outflow.write(Buffer.alloc(1_000_000))
  reader.resetAndDestroy()
  await until('the socket to be closed', () => {
    outflow.write(Buffer.from('more'))
    return socket.destroyed
  })
  outflow.write(Buffer.from('nothing'))
  expect(socket.destroyed).toBe(true)
  const [other, gone] = await pair()
  const second = new Outflow(other)
  gone.resetAndDestroy()
  await until('the other to be closed', () => {
    second.write(Buffer.from('more'))
    return other.destroyed
  })
})
