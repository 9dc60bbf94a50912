import type { Redis } from 'ioredis'
import type { SpoolRedis } from './spool-link.ts'

/** How a Redis keeps what it has acknowledged: by itself, when it is asked to each time, or not, and why. */
export type Keeping =
  | { readonly by: 'always' }
  | { readonly by: 'waitaof' }
  | { readonly by: 'nothing'; readonly why: string }

const no = (why: string): Keeping => ({ by: 'nothing', why })

/** Every node of a Cluster must keep by itself: `WAITAOF` speaks for one connection to one node. Rejects where away. */
export async function findKeeping(redis: SpoolRedis): Promise<Keeping> {
  if (!('nodes' in redis)) return keepingOf(redis)
  const masters = redis.nodes('master')
  const all = await Promise.all(masters.map(keepingOf))
  const wrong = all.find(({ by }) => by !== 'always')
  if (masters.length === 0) return no('the Cluster has no master')
  if (!wrong) return { by: 'always' }
  return wrong.by === 'nothing' ? wrong : no('every master of a Cluster needs appendfsync always')
}

async function keepingOf(redis: Redis): Promise<Keeping> {
  const info = fields(await redis.info())
  const config = await settings(redis)
  const policy = info.get('maxmemory_policy') ?? config.get('maxmemory-policy') ?? 'noeviction'
  if (policy !== 'noeviction') return no(`maxmemory-policy is ${policy}`)
  if (info.get('aof_enabled') !== '1') return no('appendonly is not yes')
  const always = config.get('appendfsync') === 'always' && config.get('no-appendfsync-on-rewrite') !== 'yes'
  if (always) return { by: 'always' }
  return canWait(info.get('redis_version') ?? '') ? { by: 'waitaof' } : no('appendfsync is not always')
}

/** `WAITAOF` came with Redis 7.2; Valkey says that it is 7.2 too. */
function canWait(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 7 || (major === 7 && minor >= 2)
}

function fields(info: string): Map<string, string> {
  return new Map(info.split(/\r?\n/).flatMap((line) => (line.includes(':') ? [pair(line)] : [])))
}

function pair(line: string): [string, string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon), line.slice(colon + 1)]
}

/** Some who rent out a Redis forbid the question: then nothing is known of these. */
async function settings(redis: Redis): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const name of ['appendfsync', 'no-appendfsync-on-rewrite', 'maxmemory-policy']) {
    const [, value] = await forbiddenIsUnknown(redis.config('GET', name) as Promise<string[]>)
    if (value !== undefined) found.set(name, value)
  }
  return found
}

async function forbiddenIsUnknown(asked: Promise<string[]>): Promise<string[]> {
  try {
    return await asked
  } catch (error) {
    if ((error as Error).name === 'ReplyError') return []
    throw error
  }
}
