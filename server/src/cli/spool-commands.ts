import type { Command } from 'commander'
import { eq, inArray } from '../db/drizzle.ts'
import { openRedis, reached } from '../db/open-redis.ts'
import { redisPrefix } from '../db/redis-prefix.ts'
import { rooms, sites } from '../db/tables.ts'
import { dropParked, listParked, type ParkedPost, retryParked } from '../spool/parked.ts'
import { SpoolLink } from '../spool/spool-link.ts'
import { Failure } from './failure.ts'
import type { Run, Session } from './run.ts'
import { type Shown, table } from './shown.ts'

export function spoolCommands(program: Command, run: Run): void {
  const spool = program
    .command('spool')
    .description('posts that were queued, could not be stored, and were put aside')

  spool.command('list').description('show them, with what went wrong').action(run(list))

  spool
    .command('retry')
    .description('have them wait again, to be stored; by all that is known they may fail once more')
    .argument('[id]', 'one post; all where none is named')
    .action(run(decide('Waits again', retryParked)))

  spool
    .command('drop')
    .description('give one up; whoever posted it is told that it was refused')
    .argument('<id>', 'the post')
    .action(run(decide('Dropped', dropParked)))
}

interface Parked {
  readonly link: SpoolLink
  readonly prefix: string
  readonly posts: readonly ParkedPost[]
}

async function withParked<T>(
  { config, database }: Session,
  work: (parked: Parked) => Promise<T>,
): Promise<T> {
  if (config.redisUrl === undefined) throw new Failure('Posts are queued only where REDIS_URL is set.')
  const link = new SpoolLink(openRedis(config.redisUrl, 'halley-cli'))
  try {
    if (!(await reached(link.redis))) throw new Failure('Redis does not answer.')
    const prefix = await redisPrefix(database)
    return await work({ link, prefix, posts: await listParked(link, prefix) })
  } finally {
    link.close()
  }
}

function list(session: Session): Promise<Shown> {
  return withParked(session, async ({ posts }) => {
    const addresses = await addressesOf(session, posts)
    const json = posts.map(({ room, id, why, parkedAt }) => ({
      room: addresses.get(room),
      id,
      why,
      parkedAt,
    }))
    const rows = json.map(({ room, id, why, parkedAt }) => [room ?? 'gone', id, parkedAt.toISOString(), why])
    return { text: table(['room', 'id', 'put aside', 'why'], rows), json }
  })
}

function decide(done: string, settle: typeof retryParked) {
  return (session: Session, id: string | undefined): Promise<Shown> =>
    withParked(session, async ({ link, prefix, posts }) => {
      const ids: string[] = []
      for (const post of posts)
        if ((id === undefined || post.id === id) && (await settle(link, prefix, post))) ids.push(post.id)
      if (id !== undefined && ids.length === 0) throw new Failure(`No post ${id} was put aside.`)
      return { text: `${done}: ${ids.length}`, json: { ids } }
    })
}

/** By id, `site/room`. */
async function addressesOf(
  { database }: Session,
  posts: readonly ParkedPost[],
): Promise<ReadonlyMap<number, string>> {
  const ids = [...new Set(posts.map(({ room }) => room))]
  const found = await database.db
    .select({ id: rooms.id, site: sites.slug, room: rooms.slug })
    .from(rooms)
    .innerJoin(sites, eq(sites.id, rooms.siteId))
    .where(inArray(rooms.id, ids))
  return new Map(found.map(({ id, site, room }) => [id, `${site}/${room}`]))
}
