import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { until } from '../../../e2e/parts/until.ts'
import { traffic } from '../metrics/traffic.ts'
import { guest, testApp } from '../test-app.ts'
import { Peers } from './peers.ts'
import { openSocket } from './test-follower.ts'
import { listen, newPlace, type Place } from './test-place.ts'
import { watchers } from './test-watching.ts'

const test = await testApp({
  LIMIT_CONNECTIONS_ADDRESS: '2',
  TRUST_PROXY: 'loopback',
})
const url = await listen(test)
const watch = watchers(url)
const slow = await testApp({ LIMIT_JOINS_ADDRESS: '20', TRUST_PROXY: 'loopback' })
const slowUrl = await listen(slow)

it('PEER1 refuses more connections of one address than it may have, on every transport', async () => {
  const place = await newPlace(test)
  const readers = [watch('socket', [{ room: place.address }]), watch('stream', [{ room: place.address }])]
  for (const reader of readers) await reader.frame('joined')
  expect(await watch('socket', []).ended).toBe('4101')
  for (const path of ['stream', 'poll']) {
    const answer = await fetch(`${url}/v1/${path}?room=${place.address}`)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '30'])
    expect((await answer.json()).code).toBe('too-many-requests')
  }
  const headers = { 'x-forwarded-for': '203.0.113.7' }
  const elsewhere = await fetch(`${url}/v1/poll?room=${place.address}&wait=0`, { headers })
  expect(elsewhere.status).toBe(200)
  for (const reader of readers) reader.stop()
  await until('room for others', async () => {
    const answer = await fetch(`${url}/v1/poll?room=${place.address}&wait=0`)
    return answer.ok
  })
})

/** Two polls on one connection: the second is answered at once, which cannot be read before the first one's answer. */
async function askTwice({ address, post }: Place) {
  const { position } = await post('before')
  const { port, hostname } = new URL(url)
  const told = traffic.bytes.poll
  const socket = connect(Number(port), hostname, () => {
    for (const wait of [25, 0])
      socket.write(`GET /v1/poll?room=${address}@${position}&wait=${wait} HTTP/1.1\r\nHost: a\r\n\r\n`)
  })
  onTestFinished(() => void socket.destroy())
  await until('the second answer', () => traffic.bytes.poll > told)
  return socket
}

const askOnceMore = async ({ address }: Place) =>
  (await fetch(`${url}/v1/poll?room=${address}&wait=0`)).status

it('PEER5 keeps the place of a poll until its answer is read', async () => {
  const place = await newPlace(test)
  const socket = await askTwice(place)
  expect(await askOnceMore(place)).toBe(429)
  await place.post('news')
  let heard = ''
  socket.on('data', (data) => {
    heard += data
  })
  await until('both answers', () => heard.split('HTTP/1.1 200').length === 3)
  await until('room for others', async () => (await askOnceMore(place)) === 200)
})

it('PEER5 gives up the places of whoever goes without reading', async () => {
  const place = await newPlace(test)
  for (let n = 0; n < 3; n += 1) {
    const socket = await askTwice(place)
    expect(await askOnceMore(place)).toBe(429)
    socket.destroy()
    await until('room for others', async () => (await askOnceMore(place)) === 200, 10)
  }
})

it('PEER2 counts a /64 of IPv6 as one peer, and IPv4 in IPv6 as IPv4', () => {
  const peers = new Peers(1)
  const leave = peers.connect('2001:db8:1:2::1')
  expect(() => peers.connect('2001:db8:1:2:ffff::9')).toThrow('Too many')
  peers.connect('2001:db8:1:3::1')
  peers.connect('::ffff:192.0.2.1')
  expect(() => peers.connect('192.0.2.1')).toThrow('Too many')
  leave()
  leave()
  peers.connect('2001:db8:1:2:ffff::9')
  expect(() => peers.connect('2001:db8:1:2::1')).toThrow('Too many')
})

it('PEER3 refuses joins that come too fast from one address, and says when to come back', async () => {
  const place = await newPlace(slow)
  const socket = openSocket(slowUrl)
  const told: string[] = []
  socket.on('message', (data) => told.push(data.toString()))
  await once(socket, 'open')
  for (let i = 0; i < 30; i += 1) socket.send(JSON.stringify({ type: 'join', room: place.address }))
  const refused = await until('a refusal', () => told.find((text) => text.includes('too-many-requests')))
  expect(JSON.parse(refused)).toMatchObject({ type: 'error', room: place.address, retry: true })
  expect(JSON.parse(refused).afterMs).toBeGreaterThan(0)
  socket.terminate()
})

const joins = (asks: object[], from: string) =>
  fetch(`${slowUrl}/v1/poll?wait=0`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': from },
    body: JSON.stringify({ joins: asks }),
  })

it('PEER3 refuses all joins of a request once too many were asked for, whatever its first ones are', async () => {
  const place = await newPlace(slow)
  const real = { room: place.address }
  for (let n = 0; n < 20; n += 1) expect((await joins([real], '203.0.113.8')).status).toBe(200)
  const decoy = { room: 'no-site/no-room' }
  const keyed = { ...decoy, token: place.moderator }
  for (const first of [decoy, keyed, { ...decoy, token: guest() }]) {
    const answer = await joins([first, real], '203.0.113.8')
    expect([answer.status, (await answer.json()).code]).toEqual([429, 'too-many-requests'])
  }
})

it('PEER3 counts each token that is no good as a join, and ten rooms of one person as one', async () => {
  const place = await newPlace(slow)
  const bad = Array.from({ length: 10 }, (_, n) => ({
    room: `${place.address}${n}`,
    token: `Bearer hk_${n}`,
  }))
  for (const [from, asks, good] of [
    ['203.0.113.9', bad, 2],
    ['203.0.113.10', bad.map(({ room }) => ({ room })), 20],
  ] as const) {
    const told: string[] = []
    while (told.at(-1) !== 'too-many-requests') told.push((await (await joins([...asks], from)).json()).code)
    expect(told.length - 1).toBe(good)
  }
})
