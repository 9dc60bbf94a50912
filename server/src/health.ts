import type { FastifyInstance } from 'fastify'
import type { Bus } from './bus/bus.ts'
import type { Role } from './config.ts'
import type { Database } from './db/database.ts'
import { type DatabaseState, databaseState } from './db/database-state.ts'
import type { Drain } from './drain.ts'
import { showNumber } from './metrics/live-numbers.ts'
import type { Spool } from './spool/spool.ts'
import type { CrewState } from './workers/messages.ts'

/** The database is asked at most this often, however many ask us. */
const REMEMBERED_MS = 500
const DEADLINE_MS = 1000

export interface HealthParts {
  readonly database: Pick<Database, 'sql'>
  /** Of `DATABASE_READ_URL`. */
  readonly replica?: Pick<Database, 'sql'> | undefined
  readonly bus: Pick<Bus, 'connected'>
  readonly drain: Pick<Drain, 'begun'>
  readonly roles: ReadonlySet<Role>
  /** Where posts wait while the database is away; undefined where there is no such place. */
  readonly spool?: Pick<Spool, 'keeps' | 'backlog'> | undefined
  /** How the processes of this node are; undefined where there is but one. */
  readonly crew?: (() => CrewState | undefined) | undefined
}

/**
 * `GET /health/live`: the process answers. `GET /health/ready`: it should be sent people, `503` while it drains or
 * cannot reach its database. Without the bus it serves on, later but never wrong: a balancer that took away every
 * node because Redis is gone would make an outage of a delay. Nor does a database that only takes no writes turn a node
 * off, whatever its roles: reading goes on, posts are queued or answer `503`, and no other node would do better.
 */
export function health(app: FastifyInstance, parts: HealthParts): void {
  const { database, bus, drain, roles, crew } = parts
  const stateOf = remembered(() => databaseState(database, DEADLINE_MS))
  const replicaOf = remembered(() => replicaState(parts.replica))
  showParts(app, parts, stateOf, replicaOf)
  app.get('/health/live', { schema: { tags: ['health'] } }, async (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'live' }),
  )
  app.get('/health/ready', { schema: { tags: ['health'] } }, async (_request, reply) => {
    const [state, replica] = await Promise.all([stateOf(), replicaOf()])
    const ready = state !== 'down' && !drain.begun
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({
        status: ready ? 'ready' : 'not-ready',
        database: state,
        ...(replica && { replica }),
        bus: bus.connected() ? 'up' : 'down',
        ...spoolState(parts.spool),
        draining: drain.begun,
        roles: [...roles],
        ...crew?.(),
      })
  })
}

/** A standby takes no writes, and is none the worse for it. */
async function replicaState(replica: HealthParts['replica']): Promise<'up' | 'down' | undefined> {
  if (!replica) return undefined
  return (await databaseState(replica, DEADLINE_MS)) === 'down' ? 'down' : 'up'
}

/** Whether posts would be queued if the database went away now, and how many wait. */
function spoolState(spool: HealthParts['spool']): { spool: 'none' | 'keeps' | 'refuses'; queued?: number } {
  if (!spool) return { spool: 'none' }
  return { spool: spool.keeps ? 'keeps' : 'refuses', queued: spool.backlog.posts }
}

/** The same as numbers. */
function showParts(
  app: FastifyInstance,
  parts: HealthParts,
  stateOf: () => Promise<DatabaseState>,
  replicaOf: () => Promise<'up' | 'down' | undefined>,
): void {
  const shown = [
    showNumber('database_up', async () => Number((await stateOf()) !== 'down')),
    ...(parts.replica ? [showNumber('replica_up', async () => Number((await replicaOf()) === 'up'))] : []),
    showNumber('bus_connected', () => Number(parts.bus.connected())),
    showNumber('draining', () => Number(parts.drain.begun)),
  ]
  app.addHook('onClose', async () => {
    for (const hide of shown) hide()
  })
}

function remembered<T>(ask: () => Promise<T>): () => Promise<T> {
  let last: { readonly at: number; readonly answer: Promise<T> } | undefined
  return () => {
    const now = performance.now()
    if (!last || now - last.at > REMEMBERED_MS) last = { at: now, answer: ask() }
    return last.answer
  }
}
