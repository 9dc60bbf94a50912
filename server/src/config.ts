import { resolve } from 'node:path'

/** Everything that the environment decides. Times in milliseconds; limits are per minute. */
export interface Config {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  /** Undefined: a Postgres of our own in `dataDir`. */
  readonly databaseUrl: string | undefined
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
  readonly poolSize: number
  readonly limits: LimitConfig
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

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** A setting that cannot be used; the message names the variable and is all that an operator needs. */
export class ConfigError extends Error {
  constructor(variable: string, detail: string) {
    super(`${variable} ${detail}`)
    this.name = 'ConfigError'
  }
}

interface Variable<T> {
  /** As text, for the documentation. */
  readonly fallback: string
  readonly means: string
  /** Throws an `Error` whose message goes on from the variable's name. */
  readonly read: (text: string | undefined) => T
}

function whole(fallback: number, min: number, max: number, means: string): Variable<number> {
  const read = (text: string | undefined): number => {
    if (text === undefined) return fallback
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= min && value <= max)) throw new Error(`must be a whole number from ${min} to ${max}`)
    return value
  }
  return { fallback: String(fallback), means, read }
}

function oneOf<T extends string>(fallback: T, values: readonly T[], means: string): Variable<T> {
  const read = (text: string | undefined): T => {
    if (text === undefined) return fallback
    if (!values.includes(text as T)) throw new Error(`must be one of ${values.join(', ')}`)
    return text as T
  }
  return { fallback, means: `${means} (${values.join(', ')})`, read }
}

function address(schemes: readonly string[], fallback: string, means: string): Variable<string | undefined> {
  const read = (text: string | undefined): string | undefined => {
    if (text === undefined) return undefined
    if (!URL.canParse(text) || !schemes.includes(new URL(text).protocol)) {
      throw new Error(`must be an address that begins with ${schemes.map((s) => `${s}//`).join(' or ')}`)
    }
    return text
  }
  return { fallback, means, read }
}

function word(fallback: string, means: string): Variable<string> {
  return { fallback, means, read: (text) => text ?? fallback }
}

const secretKey: Variable<string | undefined> = {
  fallback: 'made in DATA_DIR',
  means: 'Encrypts stored signing secrets; at least 32 characters, the same on every node',
  read(text) {
    if (text !== undefined && Buffer.byteLength(text) < 32)
      throw new Error('must have at least 32 characters')
    return text
  },
}

/** Hops are named, not counted: a count believes whoever connects to us directly. */
const trustProxy: Variable<false | string[]> = {
  fallback: 'none',
  means:
    'Proxies in front, whose forwarded addresses are believed: addresses and networks with commas between',
  read(text) {
    if (text === undefined || text === 'none') return false
    const list = text.split(',').map((part) => part.trim())
    const named = /^(loopback|linklocal|uniquelocal|[0-9a-fA-F]*[.:][0-9a-fA-F.:]*(\/\d{1,3})?)$/
    if (!list.every((part) => named.test(part))) {
      throw new Error(
        'must be addresses or networks with commas between, or loopback, linklocal, uniquelocal',
      )
    }
    return list
  },
}

const most = 100_000_000

/** One row each: the documentation's table is made from this. */
export const VARIABLES = {
  HOST: word('127.0.0.1', 'The address to listen on'),
  PORT: whole(8080, 0, 65_535, 'The port to listen on; 0 takes a free one'),
  DATA_DIR: word('./data', 'Where our own Postgres and generated keys live'),
  DATABASE_URL: address(
    ['postgres:', 'postgresql:'],
    'our own Postgres in DATA_DIR',
    'A Postgres, 15 or newer',
  ),
  REDIS_URL: address(['redis:', 'rediss:'], 'none', 'A Redis, 7 or newer, to join several nodes'),
  PUBLIC_URL: address(
    ['http:', 'https:'],
    'the address listened on',
    'Where readers reach this server; links are made from it',
  ),
  SECRET_KEY: secretKey,
  TRUST_PROXY: trustProxy,
  DRAIN_DELAY: whole(
    5,
    0,
    600,
    'Seconds to go on serving after SIGTERM, until balancers have noticed that we are not ready',
  ),
  DRAIN_WINDOW: whole(15, 0, 600, 'Seconds over which readers are then sent away'),
  LOG_LEVEL: oneOf('info', LOG_LEVELS, 'How much is logged'),
  DEMO: oneOf(
    'auto',
    ['on', 'off', 'auto'] as const,
    'The demo room; auto: only in an empty data folder of our own',
  ),
  POOL_SIZE: whole(10, 2, 500, 'Connections to Postgres'),
  LIMIT_POSTS_PERSON: whole(
    60,
    1,
    most,
    'Posts and changes of one person per minute; staff ten times as many',
  ),
  LIMIT_POSTS_ADDRESS: whole(600, 1, most, 'The same from one address (IPv6: one /64)'),
  LIMIT_POSTS_KEY: whole(600_000, 1, most, 'The same with one API key'),
  LIMIT_READS_PERSON: whole(
    3000,
    1,
    most,
    'Reads of one person per minute; a page of history costs one for each 50 items asked for',
  ),
  LIMIT_READS_ADDRESS: whole(12_000, 1, most, 'The same from one address'),
  LIMIT_READS_KEY: whole(60_000, 1, most, 'The same with one API key'),
  LIMIT_JOINS_PERSON: whole(600, 1, most, 'Rooms joined by one person per minute'),
  LIMIT_JOINS_ADDRESS: whole(30_000, 1, most, 'The same from one address'),
  LIMIT_JOINS_KEY: whole(60_000, 1, most, 'The same with one API key'),
  LIMIT_CONNECTIONS_ADDRESS: whole(
    5000,
    1,
    most,
    'Sockets, streams and polls of one address at one time; a whole venue may share one',
  ),
} as const satisfies Record<string, Variable<unknown>>

type Name = keyof typeof VARIABLES
type Value<N extends Name> = ReturnType<(typeof VARIABLES)[N]['read']>

/** Names that only we use: one that is not in the table is a typing mistake. */
const OURS = /^(HALLEY|LIMIT|DRAIN)_/

/** Throws `ConfigError` for a wrong value or an unknown name. An empty value counts as not set. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  for (const name of Object.keys(env)) {
    if (OURS.test(name) && !(name in VARIABLES)) throw new ConfigError(name, 'is not a setting of Halley')
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
    redisUrl: get('REDIS_URL'),
    publicUrl: get('PUBLIC_URL')?.replace(/\/+$/, ''),
    secretKey: get('SECRET_KEY'),
    trustProxy: get('TRUST_PROXY'),
    drainDelayMs: get('DRAIN_DELAY') * 1000,
    drainWindowMs: get('DRAIN_WINDOW') * 1000,
    logLevel: get('LOG_LEVEL'),
    demo: get('DEMO'),
    poolSize: get('POOL_SIZE'),
    limits: {
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
    },
  }
}

/** The documentation's table of settings, in Markdown. */
export function configTable(): string {
  const rows = Object.entries(VARIABLES).map(
    ([name, { fallback, means }]) => `| \`${name}\` | ${fallback} | ${means} |`,
  )
  return ['| variable | default | what |', '|---|---|---|', ...rows].join('\n')
}
