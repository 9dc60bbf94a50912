import { once } from 'node:events'
import { request } from 'node:http'
import type { Socket } from 'node:net'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { until } from '../../../e2e/parts/until.ts'
import { testApp } from '../test-app.ts'
import { openSocket } from './test-follower.ts'
import { listen, newPlace, type Place } from './test-place.ts'
import { watchers } from './test-watching.ts'

const test = await testApp()
const url = await listen(test)
const watch = watchers(url)

/** Joins, and never reads again; resolves with how it hears of its end once it does read. */
const DEAF = {
  async socket({ address }: Place): Promise<() => Promise<unknown>> {
    const socket = openSocket(url)
    onTestFinished(() => socket.terminate())
    await once(socket, 'open')
    socket.send(JSON.stringify({ type: 'join', room: address }))
    await once(socket, 'message')
    socket.pause()
    const { _socket: raw } = socket as unknown as { _socket: Socket }
    return () => {
      socket.resume()
      return once(raw, 'close').catch((error) => error.code)
    }
  },
  async stream({ address }: Place): Promise<() => Promise<unknown>> {
    const asking = request(`${url}/v1/stream?room=${address}`)
    onTestFinished(() => {
      asking.destroy()
    })
    asking.on('error', () => {})
    asking.end()
    const [answer] = await once(asking, 'response')
    answer.once('data', () => answer.pause())
    return () => {
      answer.resume()
      return once(asking, 'error').then(([error]) => error.code)
    }
  },
}

const connections = (): Promise<number> => promisify(test.app.server.getConnections).call(test.app.server)

it.each(['socket', 'stream'] as const)(
  'WIRE15 cuts a reader off who does not read by %s, and lets nobody wait for them',
  async (transport) => {
    const place = await newPlace(test)
    const listenAgain = await DEAF[transport](place)
    const reader = watch('socket', [{ room: place.address }])
    await until('both to follow', () => test.hub.counts().readers === 2)
    const before = await connections()
    let position = ''
    for (let sent = 0; sent < 3000 && test.hub.counts().readers === 2; sent += 50) {
      const posts = await Promise.all(
        Array.from({ length: 50 }, (_, i) => place.post(`${sent + i} ${'long '.repeat(790)}`)),
      )
      position = posts
        .map((post) => post.position)
        .toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1))
        .at(-1) as string
      await reader.reaches(position)
    }
    expect(test.hub.counts().readers).toBe(1)
    await reader.reaches(position)
    expect(reader.gaps()).toBe(0)
    await until('its connection to be gone', async () => (await connections()) < before)
    // Ended in order, what it has not read would stay in the kernel until it does.
    expect(await listenAgain()).toBe('ECONNRESET')
    reader.stop()
    await until('all to be gone', () => test.hub.counts().readers === 0)
  },
)
