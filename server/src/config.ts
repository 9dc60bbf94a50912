import { join, resolve } from 'node:path'
import { type LogLevel, type Role, VARIABLES } from './config/variables.ts'

export type { Role }

/** Everything that the environment decides. Times in milliseconds; limits are per minute. */
export interface Config {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  /** Undefined: a Postgres of our own in `dataDir`. */
  readonly databaseUrl: string | undefined
  /** A copy that streams, for pages of history; undefined: these too are read from the one database. */
  readonly databaseReadUrl: string | undefined
  /** Undefined: one process, nothing else to tell. */
  readonly redisUrl: string | undefined
  /** Where readers reach this server, without a slash at the end. */
  readonly publicUrl: string | undefined
  readonly secretKey: string | undefined
  /** Addresses and networks of proxies whose forwarded addresses are believed. */
  readonly trustProxy: false | string[]
  readonly drainDelayMs: number
  readonly drainWindowMs: number
  readonly logLevel: LogLevel
  /** `auto`: only into an empty data folder of our own. */
  readonly demo: 'on' | 'off' | 'auto'
  /** Undefined: nobody reads `/metrics`. */
  readonly metricsToken: string | undefined
  /** Milliseconds from one backup to the next; 0: none. */
  readonly backupMs: number
  readonly backupDir: string
  readonly backupKeep: number
  /** Where mistakes of ours are posted to; undefined: nowhere. */
  readonly errorReportUrl: string | undefined
  /** The share of readers, from 0 to 1, who confirm what they are shown. */
  readonly ackShare: number
  /** Milliseconds for which changes and former versions are kept; 0: for ever. */
  readonly retentionMs: number
  readonly roles: ReadonlySet<Role>
  /** Processes that serve; 1 is this one. */
  readonly workers: number
  readonly poolSize: number
  /** Whether Postgres is asked at the start if it has so many connections. */
  readonly poolCheck: 'on' | 'off'
  readonly pageCacheBytes: number
  readonly purge: PurgeConfig
  readonly limits: LimitConfig
}

export interface PurgeConfig {
  /** Where shared caches are told what to let go; undefined: they must ask each time. */
  readonly url: string | undefined
  readonly token: string | undefined
  /** For which shared caches that are told may keep pages. */
  readonly seconds: number
}

export interface LimitConfig {
  readonly postsPerPerson: number
  readonly postsPerAddress: number
  readonly postsPerKey: number
  readonly readsPerPerson: number
  readonly readsPerAddress: number
  readonly readsPerKey: number
  readonly joinsPerPerson: number
  readonly joinsPerAddress: number
  readonly joinsPerKey: number
  /** At one time. */
  readonly connectionsPerAddress: number
}

/** A setting that cannot be used; the message names the variable and is all that an operator needs. */
export class ConfigError extends Error {
  constructor(variable: string, detail: string) {
    super(`${variable} ${detail}`)
    this.name = 'ConfigError'
  }
}

type Name = keyof typeof VARIABLES
type Value<N extends Name> = ReturnType<(typeof VARIABLES)[N]['read']>

/** Names that only we use: one that is not in the table is a typing mistake. */
const OURS = /^(HALLEY|LIMIT|DRAIN|BACKUP|RETENTION|PURGE|TRUST|METRICS|ACK|PAGE_CACHE|ERROR_REPORT)_/
/** What Kubernetes and Docker say of a service that is called as we, or `metrics`. */
const OF_A_SERVICE = /_SERVICE_HOST$|_SERVICE_PORT(_|$)|_PORT_\d+_(TCP|UDP)(_|$)/
const SERVICE_ADDRESS = /^(tcp|udp):\/\//

function isMistyped(name: string, value: string | undefined): boolean {
  if (!OURS.test(name) || name in VARIABLES || OF_A_SERVICE.test(name)) return false
  return !(name.endsWith('_PORT') && SERVICE_ADDRESS.test(value ?? ''))
}

/** Throws `ConfigError` for a wrong value or an unknown name. An empty value counts as not set. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  for (const [name, value] of Object.entries(env)) {
    if (isMistyped(name, value)) throw new ConfigError(name, 'is not a setting of Halley')
  }
  const get = <N extends Name>(name: N): Value<N> => {
    try {
      return VARIABLES[name].read(env[name] || undefined) as Value<N>
    } catch (error) {
      throw new ConfigError(name, (error as Error).message)
    }
  }
  return {
    host: get('HOST'),
    port: get('PORT'),
    dataDir: resolve(get('DATA_DIR')),
    databaseUrl: get('DATABASE_URL'),
    databaseReadUrl: get('DATABASE_READ_URL'),
    redisUrl: get('REDIS_URL'),
    publicUrl: get('PUBLIC_URL')?.replace(/\/+$/, ''),
    secretKey: get('SECRET_KEY'),
    trustProxy: get('TRUST_PROXY'),
    drainDelayMs: get('DRAIN_DELAY') * 1000,
    drainWindowMs: get('DRAIN_WINDOW') * 1000,
    logLevel: get('LOG_LEVEL'),
    demo: get('DEMO'),
    metricsToken: get('METRICS_TOKEN'),
    backupMs: get('BACKUP_HOURS') * 3_600_000,
    backupDir: resolve(get('BACKUP_DIR') ?? join(get('DATA_DIR'), 'backups')),
    backupKeep: get('BACKUP_KEEP'),
    errorReportUrl: get('ERROR_REPORT_URL'),
    ackShare: get('ACK_SHARE') / 100,
    retentionMs: get('RETENTION_DAYS') * 86_400_000,
    roles: get('ROLES'),
    workers: get('WORKERS'),
    poolSize: get('POOL_SIZE'),
    poolCheck: get('POOL_CHECK'),
    pageCacheBytes: get('PAGE_CACHE_MB') * 1_000_000,
    purge: { url: get('PURGE_URL'), token: get('PURGE_TOKEN'), seconds: get('CACHE_MAX_AGE') },
    limits: readLimits(get),
  }
}

type Get = <N extends Name>(name: N) => Value<N>

function readLimits(get: Get): LimitConfig {
  return {
    postsPerPerson: get('LIMIT_POSTS_PERSON'),
    postsPerAddress: get('LIMIT_POSTS_ADDRESS'),
    postsPerKey: get('LIMIT_POSTS_KEY'),
    readsPerPerson: get('LIMIT_READS_PERSON'),
    readsPerAddress: get('LIMIT_READS_ADDRESS'),
    readsPerKey: get('LIMIT_READS_KEY'),
    joinsPerPerson: get('LIMIT_JOINS_PERSON'),
    joinsPerAddress: get('LIMIT_JOINS_ADDRESS'),
    joinsPerKey: get('LIMIT_JOINS_KEY'),
    connectionsPerAddress: get('LIMIT_CONNECTIONS_ADDRESS'),
  }
}

/** The documentation's table of settings, in Markdown. */
export function configTable(): string {
  const rows = Object.entries(VARIABLES).map(
    ([name, { fallback, means }]) => `| \`${name}\` | ${fallback} | ${means} |`,
  )
  return ['| variable | default | what |', '|---|---|---|', ...rows].join('\n')
}
