import Fastify from 'fastify'
import { expect, inject, it, onTestFinished } from 'vitest'
import { TcpProxy } from '../../e2e/parts/tcp-proxy.ts'
import { until } from '../../e2e/parts/until.ts'
import { RedisBus } from './bus/redis-bus.ts'
import { openDatabase, openReplica } from './db/database.ts'
import { testDatabase } from './db/test-database.ts'
import { health } from './health.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }
const { url } = await testDatabase()

it('LIFE6 says what it can reach: not ready without the database, ready without the bus or a replica', async () => {
  const [toPostgres, postgresUrl] = await proxied(url)
  const [toRedis, redisUrl] = await proxied(inject('redisUrl'))
  const [toReplica, replicaUrl] = await proxied(url)
  const database = await openDatabase(postgresUrl, { poolSize: 2, log: silent })
  const replica = openReplica(replicaUrl, { poolSize: 1, log: silent })
  const bus = new RedisBus({ url: redisUrl, prefix: 'health', logger: silent })
  const app = Fastify()
  health(app, { database, replica, bus, drain: { begun: false }, roles: new Set(['api', 'jobs']) })
  onTestFinished(async () => {
    await Promise.all([app.close(), bus.close(), database.close(), replica.close()])
    await Promise.all([toPostgres.close(), toRedis.close(), toReplica.close()])
  })
  const says = (status: number, part: object) =>
    until(`${status} with ${JSON.stringify(part)}`, async () => {
      const answer = await app.inject('/health/ready')
      const body = answer.json()
      const fits = Object.entries(part).every(([name, value]) => body[name] === value)
      return answer.statusCode === status && fits
    })

  await says(200, { status: 'ready', database: 'up', replica: 'up', bus: 'up', draining: false })
  toReplica.refuse(true)
  await says(200, { status: 'ready', database: 'up', replica: 'down' })
  toReplica.refuse(false)
  toRedis.refuse(true)
  await says(200, { status: 'ready', database: 'up', bus: 'down' })
  toPostgres.refuse(true)
  await says(503, { status: 'not-ready', database: 'down' })
  expect((await app.inject('/health/live')).statusCode).toBe(200)
  toRedis.refuse(false)
  toPostgres.refuse(false)
  await says(200, { status: 'ready', database: 'up', replica: 'up', bus: 'up' })
})

async function proxied(address: string): Promise<[TcpProxy, string]> {
  const target = new URL(address)
  const proxy = await TcpProxy.to(Number(target.port))
  target.hostname = '127.0.0.1'
  target.port = `${proxy.port}`
  return [proxy, target.href]
}
