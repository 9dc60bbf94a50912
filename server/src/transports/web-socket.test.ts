import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { LIMITS, type ServerFrame } from '@halley/shared'
import { afterEach, expect, it } from 'vitest'
import WebSocket from 'ws'
import { until } from '../../../e2e/parts/until.ts'
import { guest, testApp } from '../test-app.ts'
import { openSocket } from './test-follower.ts'
import { listen, newPlace } from './test-place.ts'

const test = await testApp()
const url = await listen(test)
const open: WebSocket[] = []
afterEach(() => {
  for (const socket of open.splice(0)) socket.terminate()
})

class Client {
  readonly socket: WebSocket
  readonly frames: ServerFrame[] = []
  readonly closed: Promise<number>

  constructor(socket: WebSocket) {
    this.socket = socket
    open.push(socket)
    socket.on('message', (data) => this.frames.push(JSON.parse(data.toString())))
    socket.on('error', () => {})
    this.closed = new Promise((resolve) => socket.on('close', resolve))
  }

  say(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

  /** The next frame that fits and was not waited for before. */
  async hears(part: Partial<ServerFrame> & Record<string, unknown>): Promise<ServerFrame> {
    const fits = (frame: ServerFrame) =>
      Object.entries(part).every(([name, value]) => (frame as Record<string, unknown>)[name] === value)
    const at = await until(JSON.stringify(part), () => {
      const found = this.frames.findIndex(fits)
      return found >= 0 && { found }
    })
    return this.frames.splice(at.found, 1)[0] as ServerFrame
  }
}

async function connected(): Promise<Client> {
  const client = new Client(openSocket(url))
  await once(client.socket, 'open')
  return client
}

it('WS1 speaks halley.v1 and nothing else', async () => {
  expect((await connected()).socket.protocol).toBe('halley.v1')
  const other = new WebSocket(`${url.replace('http', 'ws')}/v1/socket`, 'other.v9')
  const [error] = await once(other, 'error')
  expect(String(error)).toContain('no subprotocol')
  const plain = await fetch(`${url}/v1/socket`)
  expect([plain.status, (await plain.json()).code]).toEqual([400, 'bad-request'])
})

it('WS2 answers a ping of the application, and pings of the protocol', async () => {
  const client = await connected()
  client.say({ type: 'ping' })
  const { at } = (await client.hears({ type: 'pong' })) as { at: string }
  expect(new Date(at).toISOString()).toBe(at)
  client.socket.ping()
  await once(client.socket, 'pong')
})

it('WS3 tells what is wrong with a frame by its code, and goes on', async () => {
  const client = await connected()
  for (const [said, code] of [
    ['{', 'bad-json'],
    ['[]', 'bad-request'],
    ['"join"', 'bad-request'],
    ['null', 'bad-request'],
    [{ type: 'dance' }, 'unknown-frame'],
    [{ type: 'toString' }, 'unknown-frame'],
    [{ type: 7 }, 'unknown-frame'],
    [{ type: 'join' }, 'bad-request'],
    [{ type: 'join', room: 'Not A Room' }, 'bad-request'],
    [{ type: 'join', room: 'a/b', since: 7 }, 'bad-request'],
    [{ type: 'join', room: 'a/b', view: 'owner' }, 'bad-request'],
    [{ type: 'join', room: 'a/b', token: 'x'.repeat(LIMITS.tokenBytes + 1) }, 'bad-request'],
    ['{"type":"ping","__proto__":{"polluted":true}}', 'bad-request'],
    [{ type: 'leave', room: 'a/b' }, 'not-joined'],
    [{ type: 'auth', room: 'a/b', token: 'Guest x' }, 'not-joined'],
  ] as const) {
    client.say(said)
    expect(await client.hears({ type: 'error' })).toMatchObject({ code })
  }
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  client.say({ type: 'ping', newer: { clients: ['send more'] } })
  await client.hears({ type: 'pong' })
})

it('WS4 closes a socket that goes on sending garbage as misuse', async () => {
  const client = await connected()
  for (let i = 0; i < 100; i += 1) client.say(`garbage ${i}`)
  expect(await client.closed).toBe(4100)
  expect(client.frames.length).toBeLessThan(40)
  const binary = await connected()
  for (let i = 0; i < 100; i += 1) binary.socket.send(Buffer.from('{"type":"ping"}'), { binary: true })
  expect(await binary.closed).toBe(4100)
})

it('WS5 closes a socket whose frame says that it is larger than 64 KB, before it has come', async () => {
  const client = await connected()
  client.say(`"${'x'.repeat(1_048_576)}"`)
  expect(await client.closed).toBe(1009)

  const raw = await rawSocket()
  // Says that 4 GB follow, and sends none of it.
  raw.write(Buffer.from([0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4]))
  const close = await nextBytes(raw)
  expect([close[0], close.readUInt16BE(2)]).toEqual([0x88, 1009])
  raw.destroy()
})

it('WS6 survives malformed frames, and whoever goes in the middle of one', async () => {
  for (const bytes of [
    Buffer.from([0xff, 0xff, 0xff, 0xff]),
    Buffer.from([0x81, 0x05, 1, 2, 3, 4, 5]),
    Buffer.from([0x83, 0x80, 0, 0, 0, 0]),
    Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]),
  ]) {
    const raw = await rawSocket()
    raw.write(bytes)
    await once(raw, 'close')
  }
  const raw = await rawSocket()
  raw.write(Buffer.from([0x81, 0xfe]))
  raw.resetAndDestroy()
  const client = await connected()
  client.say({ type: 'ping' })
  await client.hears({ type: 'pong' })
})

/** Heads come when they are due, whatever else is told. */
const changesIn = ({ frames }: Client) => frames.filter(({ type }) => type !== 'head')

it('WS7 leaves a room when it is told to, and joins it again from a position', async () => {
  const place = await newPlace(test)
  const client = await connected()
  client.say({ type: 'join', room: place.address })
  const { position } = (await client.hears({ type: 'joined' })) as { position: string }
  client.say({ type: 'leave', room: place.address })
  client.say({ type: 'ping' })
  await client.hears({ type: 'pong' })
  await place.post('while away')
  client.say({ type: 'ping' })
  await client.hears({ type: 'pong' })
  expect(changesIn(client)).toEqual([])
  client.say({ type: 'join', room: place.address, since: position })
  expect(await client.hears({ type: 'joined' })).toMatchObject({ after: 0, changes: [{ rev: 1 }] })
  client.say({ type: 'join', room: place.address, since: position })
  expect(await client.hears({ type: 'joined' })).toMatchObject({ after: 0, changes: [{ rev: 1 }] })
  await place.post('told once')
  await client.hears({ type: 'changes' })
  client.say({ type: 'ping' })
  await client.hears({ type: 'pong' })
  expect(changesIn(client)).toEqual([])
})

it('WS8 forgets a join that was left before it was answered', async () => {
  const site = await test.site()
  const client = await connected()
  for (let i = 0; i < 30; i += 1) {
    const { address } = await test.room(site)
    client.say({ type: 'join', room: address })
    // Whatever the server is at by then: looking for the room, opening it, joining it.
    await sleep(i / 3)
    client.say({ type: 'leave', room: address })
  }
  client.say({ type: 'join', room: `${site.slug}/nowhere` })
  await client.hears({ type: 'error', code: 'room-unknown' })
  await until('nobody to follow', () => test.hub.counts().readers === 0)
  client.say({ type: 'ping' })
  await client.hears({ type: 'pong' })
  expect(test.hub.counts().readers).toBe(0)
})

it('WS9 answers an auth with joined, from where the reader is and with what they may do now', async () => {
  const place = await newPlace(test, { posting: 'signed-in' })
  const client = await connected()
  client.say({ type: 'join', room: place.address })
  expect(await client.hears({ type: 'joined' })).toMatchObject({ may: ['read'] })
  const { position } = await place.post('before')
  await client.hears({ type: 'changes' })
  client.say({ type: 'auth', room: place.address, token: await test.user(place.site) })
  const may = ['read', 'post', 'edit-own']
  expect(await client.hears({ type: 'joined' })).toMatchObject({ after: 1, position, changes: [], may })
  client.say({ type: 'auth', room: place.address, token: 'Bearer of.no.worth' })
  expect(await client.hears({ type: 'error' })).toMatchObject({ room: place.address, code: 'token-invalid' })
  await place.post('after')
  expect(await client.hears({ type: 'changes' })).toMatchObject({ after: 1 })
})

it('WS14 goes on as a reader who renews with a token that may not read as the staff does', async () => {
  const place = await newPlace(test)
  const client = await connected()
  for (const token of [await test.user(place.site), guest()]) {
    client.say({ type: 'join', room: place.address, token: place.moderator, view: 'staff' })
    expect(await client.hears({ type: 'joined' })).toMatchObject({ view: 'staff' })
    client.say({ type: 'auth', room: place.address, token })
    expect(await client.hears({ type: 'reset' })).toMatchObject({ reason: 'view' })
    expect(await client.hears({ type: 'joined' })).toMatchObject({ view: 'reader' })
    await place.post('for all')
    await client.hears({ type: 'changes' })
    client.say({ type: 'leave', room: place.address })
  }
})

it('WS10 joins no more rooms than a connection may', async () => {
  const client = await connected()
  const site = await test.site()
  for (let i = 0; i < LIMITS.roomsPerConnection + 1; i += 1) {
    const room = await test.room(site)
    client.say({ type: 'join', room: room.address })
  }
  await client.hears({ type: 'error', code: 'too-many-rooms' })
  const answers = () => client.frames.filter(({ type }) => type !== 'head')
  await until('the others', () => answers().length === LIMITS.roomsPerConnection)
  expect(answers().every(({ type }) => type === 'joined')).toBe(true)
})

it('WS11 refuses frames that come too fast, and closes the socket of whoever goes on', async () => {
  const client = await connected()
  for (let i = 0; i < 400; i += 1) client.say({ type: 'ping' })
  const refused = await client.hears({ type: 'error', code: 'too-many-requests' })
  expect(refused).toMatchObject({ retry: true, afterMs: 1000 })
  expect(await client.closed).toBe(4101)
})

/** A socket after its handshake, without a library to keep it honest. */
async function rawSocket(): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const raw = connect(Number(port), hostname)
  raw.on('error', () => {})
  raw.write(
    `GET /v1/socket HTTP/1.1\r\nHost: ${hostname}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
  )
  expect(String(await nextBytes(raw))).toMatch(/^HTTP\/1.1 101/)
  return raw
}

async function nextBytes(raw: Socket): Promise<Buffer> {
  const [bytes] = await once(raw, 'data')
  return bytes
}
