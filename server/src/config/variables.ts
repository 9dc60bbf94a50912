import {
  address,
  folder,
  metricsToken,
  oneOf,
  processes,
  purgeToken,
  redisAddress,
  secretKey,
  someOf,
  trustProxy,
  type Variable,
  whole,
  word,
} from './kinds.ts'

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
/** The parts of a node that can be run apart from each other. */
const ROLES = ['api', 'stream', 'ingest', 'jobs'] as const
export type Role = (typeof ROLES)[number]
export type LogLevel = (typeof LOG_LEVELS)[number]

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
  DATABASE_READ_URL: address(
    ['postgres:', 'postgresql:'],
    'none',
    'A replica of that Postgres, from which pages of history are read where it is not behind',
  ),
  REDIS_URL: redisAddress(
    'A Redis, 7 or newer, to join several nodes; of a Cluster, addresses with commas between',
  ),
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
  METRICS_TOKEN: metricsToken,
  BACKUP_HOURS: whole(
    0,
    0,
    8760,
    'Hours from one backup to the next, by a process with the role `jobs`; 0: none',
  ),
  BACKUP_DIR: folder('`backups` in DATA_DIR', 'Where backups are written'),
  BACKUP_KEEP: whole(7, 1, 10_000, 'Backups of the schedule that are kept; older ones are deleted'),
  ERROR_REPORT_URL: address(
    ['http:', 'https:'],
    'none',
    'Where mistakes of the server and the widget are posted to as JSON: release, kind and place in our files',
  ),
  ACK_SHARE: whole(
    5,
    0,
    100,
    'Of a hundred readers, how many confirm what they are shown, so that `/metrics` tells the delay that readers have',
  ),
  RETENTION_DAYS: whole(
    0,
    0,
    36_500,
    'Days for which the record of changes and the former texts of items are kept; 0: for ever. Items stay',
  ),
  ROLES: someOf(
    ROLES,
    'What this node does: reading, following live, posting and moderating, work in the background',
  ),
  WORKERS: processes('Processes that serve, each on a core of its own; auto: one for each core'),
  POOL_SIZE: whole(10, 2, 500, 'Connections to Postgres of each process that serves'),
  POOL_CHECK: oneOf(
    'on',
    ['on', 'off'] as const,
    'Whether a start is refused for which Postgres has too few connections; off behind a pooler',
  ),
  PAGE_CACHE_MB: whole(64, 1, 100_000, 'Megabytes of pages of history that each process keeps in memory'),
  PURGE_URL: address(
    ['http:', 'https:'],
    'none',
    'Where a CDN is told which pages to let go: each removal and edit is a POST of `{"tags":["room-SITE/ROOM"]}`',
  ),
  PURGE_TOKEN: purgeToken,
  CACHE_MAX_AGE: whole(
    60,
    1,
    60,
    'Seconds for which a CDN may keep pages of public rooms, where PURGE_URL is set; else it asks each time',
  ),
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
