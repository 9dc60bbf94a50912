import { createServer, type Socket } from 'node:net'
import { Redis as Client } from 'ioredis'
import { expect, test } from 'vitest'
import { atEnd } from './at-end.ts'
import { freePort } from './free-port.ts'
import { startRedis } from './redis.ts'
import { redisProgram } from './redis-program.ts'

const program = await redisProgram()

async function listener(greet: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const holder = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    greet(socket)
  })
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
  atEnd(() => {
    holder.close()
    for (const socket of sockets) socket.destroy()
  })
  return (holder.address() as { port: number }).port
}

/** Who may have taken the port, by what they do with somebody who asks them. */
const holders: Record<string, () => Promise<number>> = {
  'says nothing': () => listener(() => {}),
  'closes at once': () => listener((socket) => socket.destroy()),
  'closes when asked': () => listener((socket) => socket.once('data', () => socket.destroy())),
  'is another Redis': async () => {
    const other = await startRedis(program)
    atEnd(() => other.stop())
    return other.port
  },
}

test.each(Object.keys(holders))(
  'PARTS6 a Redis whose port was taken by somebody who %s is started on another one',
  async (who) => {
    const taken = await holders[who]?.()
    const chosen: number[] = []
    const redis = await startRedis(program, [], async () => {
      const port = chosen.length === 0 ? Number(taken) : await freePort()
      chosen.push(port)
      return port
    })
    atEnd(() => redis.stop())
    expect(chosen).toHaveLength(2)
    expect(redis.port).toBe(chosen[1])
    const client = new Client(redis.port, '127.0.0.1')
    atEnd(() => client.disconnect())
    expect(await client.ping()).toBe('PONG')
  },
)
