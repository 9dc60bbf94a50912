import postgres from 'postgres'
import type { Logger } from '../logger.ts'
import { drizzle, type PostgresJsDatabase } from './drizzle.ts'
import { watchedSocket } from './watched-socket.ts'

/** Seconds, milliseconds: how long anything that asks Postgres may take before it is told that it failed. */
const CONNECT_SECONDS = 2
const STATEMENT_MS = 5_000
const SILENCE_MS = 6_000
const IDLE_IN_TRANSACTION_MS = 2_000
const OLDEST_POSTGRES = 150_000

/** A pool of connections, as tagged SQL and as Drizzle. bigints come as numbers. */
export interface Database {
  readonly sql: postgres.Sql<{ bigint: number }>
  readonly db: PostgresJsDatabase
  readonly url: string
  /** Calls back whenever a connection has ended that was open. */
  onLost(listener: () => void): void
  close(): Promise<void>
}

interface DatabaseOptions {
  readonly poolSize: number
  readonly log: Logger
  /** Only migrations take longer than the usual deadline. */
  readonly statementMs?: number
}

/** Opens a pool on a Postgres ≥ 15. Rejects where it cannot be reached; warns where it would lose data. */
export async function openDatabase(url: string, options: DatabaseOptions): Promise<Database> {
  const database = openReplica(url, options)
  try {
    await checkServer(database.sql, options.log)
  } catch (error) {
    await database.sql.end({ timeout: 0 })
    throw error
  }
  return database
}

/** The same without a look at it: it may be away now and be there later. */
export function openReplica(url: string, options: DatabaseOptions): Database {
  const listeners: (() => void)[] = []
  const sql = connect(url, options, () => {
    for (const listener of listeners) listener()
  })
  return {
    sql,
    db: drizzle(sql),
    url,
    onLost: (listener) => void listeners.push(listener),
    close: () => sql.end({ timeout: STATEMENT_MS / 1000 }),
  }
}

/** Arrays that are sent, by their number in Postgres. They are read by Drizzle, which takes them as text. */
const ARRAYS = Object.fromEntries(
  [1009, 1016, 2951].map((number) => [
    `array${number}`,
    { to: number, from: [], serialize: toArrayText, parse: (text: string) => text },
  ]),
) as Record<never, never>

function toArrayText(list: readonly unknown[] | string): string {
  if (typeof list === 'string') return list
  return `{${list.map((one) => JSON.stringify(String(one))).join()}}`
}

function connect(url: string, options: DatabaseOptions, onclose: () => void) {
  const { poolSize, log, statementMs = STATEMENT_MS } = options
  return postgres(url, {
    onclose,
    max: poolSize,
    connect_timeout: CONNECT_SECONDS,
    backoff: () => 0.1 + Math.random() * 0.2,
    types: { bigint: { to: 20, from: [20], serialize: String, parse: Number }, ...ARRAYS },
    // Else each new connection asks for them first, and one that breaks just then ends the process.
    fetch_types: false,
    onnotice: (notice) => log.debug({ notice }, 'Postgres says'),
    connection: {
      application_name: 'halley',
      TimeZone: 'UTC',
      statement_timeout: statementMs,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    },
    ...undocumented(url, SILENCE_MS - STATEMENT_MS + statementMs),
  })
}

/** Options that postgres.js has and does not declare. */
function undocumented(url: string, silenceMs: number): object {
  const socket = (options: { host: string[]; port: number[] }) =>
    watchedSocket(options.host[0] as string, options.port[0] as number, silenceMs)
  return {
    // The least that it works with: little waits behind another's slow statement, or is lost with it.
    max_pipeline: 1,
    // Of TLS connections it takes the socket apart; there the callers' own deadlines have to do.
    ...(/[?&]ssl/.test(url) ? {} : { socket }),
  }
}

async function checkServer(sql: postgres.Sql<{ bigint: number }>, log: Logger): Promise<void> {
  const rows = await sql<{ name: string; setting: string }[]>`
    SELECT name, setting FROM pg_settings
    WHERE name IN ('server_version_num', 'fsync', 'synchronous_commit', 'full_page_writes')`
  const settings = new Map(rows.map((row) => [row.name, row.setting]))
  if (Number(settings.get('server_version_num')) < OLDEST_POSTGRES)
    throw new Error('Halley needs Postgres 15 or newer')
  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes'])
    if (settings.get(name) === 'off')
      log.warn(
        `Postgres runs with ${name}=off: posts that were acknowledged can be LOST when it or its machine fails`,
      )
}
