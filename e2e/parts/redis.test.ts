import { createServer } from 'node:net'
import { Redis as Client } from 'ioredis'
import { expect, test } from 'vitest'
import { atEnd } from './at-end.ts'
import { startRedis } from './redis.ts'
import { redisProgram } from './redis-program.ts'

test('PARTS6 a Redis that ends because its port was taken meanwhile is started on another one', async () => {
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
  atEnd(() => void holder.close())
  const { port: taken } = holder.address() as { port: number }
  const program = await redisProgram()
  const tried: number[] = []
  const redis = await startRedis({
    ...program,
    at(port, folder, more) {
      tried.push(port)
      return program.at(tried.length === 1 ? taken : port, folder, more)
    },
  })
  atEnd(() => redis.stop())
  expect(tried).toHaveLength(2)
  expect(redis.port).toBe(tried[1])
  const client = new Client(redis.port, '127.0.0.1')
  atEnd(() => client.disconnect())
  expect(await client.ping()).toBe('PONG')
})
