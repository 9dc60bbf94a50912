import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RedisCluster, startRedisCluster } from '../../../e2e/parts/redis-cluster.ts'
import { until } from '../../../e2e/parts/until.ts'
import { openRedis } from './open-redis.ts'

let cluster: RedisCluster
beforeAll(async () => {
  cluster = await startRedisCluster()
})
afterAll(() => cluster?.stop())

test('REDIS1 one address of a Cluster, marked as such, and several of them reach every key', async () => {
  const one = cluster.nodes[1]?.url.replace('redis:', 'redis+cluster:') as string
  for (const url of [one, cluster.url]) {
    const redis = openRedis(url, 'test')
    redis.on('error', () => {})
    await until('the cluster to be known', () => redis.status === 'ready')
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) await redis.set(key, url)
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) expect(await redis.get(key)).toBe(url)
    redis.disconnect()
  }
})

test('REDIS2 while no node answers, commands are refused at once', async () => {
  const redis = openRedis('redis://127.0.0.1:1,redis://127.0.0.1:2', 'test')
  redis.on('error', () => {})
  await expect(redis.get('a')).rejects.toThrow()
  redis.disconnect()
})
