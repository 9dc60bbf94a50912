import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { VARIABLES } from './config/variables.ts'
import { ConfigError, configTable, loadConfig } from './config.ts'

test.each([
  ['PORT', 'eighty'],
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['DATABASE_URL', 'mysql://localhost/halley'],
  ['REDIS_URL', 'localhost:6379'],
  ['REDIS_URL', 'redis://one:6379,two:6379'],
  ['PUBLIC_URL', 'halley.example'],
  ['SECRET_KEY', 'short'],
  ['TRUST_PROXY', 'yes'],
  ['TRUST_PROXY', '1'],
  ['DRAIN_DELAY', '1.5'],
  ['LOG_LEVEL', 'loud'],
  ['DEMO', 'true'],
  ['POOL_SIZE', '0'],
  ['WORKERS', '0'],
  ['WORKERS', 'all'],
  ['ROLES', 'api,web'],
  ['LIMIT_POSTS_PERSON', '0'],
])('CONF1 refuses %s=%s and names the variable', (name, value) => {
  expect(() => loadConfig({ [name]: value })).toThrow(ConfigError)
  expect(() => loadConfig({ [name]: value })).toThrow(new RegExp(`^${name} `))
})

test.each([
  'HALLEY_PORT',
  'LIMIT_POST',
  'DRAIN_SECONDS',
  'PURGE_SECRET',
  'TRUST_PROXIES',
  'METRICS_TOKENS',
  'ACK_SHARES',
  'PAGE_CACHE_GB',
  'ERROR_REPORT_TO',
])('CONF1 refuses %s, which is no setting', (name) => {
  expect(() => loadConfig({ [name]: '1' })).toThrow(new RegExp(`^${name} is not a setting`))
})

test('CONF1 leaves alone what others set', () => {
  expect(() => loadConfig({ PATH: '/bin', EDITOR: 'ed', LIMITS: 'none' })).not.toThrow()
  const service = {
    HALLEY_SERVICE_HOST: '10.0.0.11',
    HALLEY_SERVICE_PORT: '8080',
    HALLEY_SERVICE_PORT_HTTP: '8080',
    HALLEY_PORT: 'tcp://10.0.0.11:8080',
    HALLEY_PORT_8080_TCP: 'tcp://10.0.0.11:8080',
    METRICS_PORT_9090_TCP_ADDR: '10.0.0.12',
    CACHE_URL: 'of another program',
  }
  expect(() => loadConfig(service)).not.toThrow()
})

test('CONF2 has a default for everything, and takes an empty value for none', () => {
  const nothing = loadConfig({})
  expect(nothing).toMatchObject({ host: '127.0.0.1', port: 8080, databaseUrl: undefined, drainDelayMs: 5000 })
  expect(loadConfig(Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, ''])))).toEqual(nothing)
})

test('CONF2 reads what is set', () => {
  const config = loadConfig({
    PUBLIC_URL: 'https://halley.example/',
    TRUST_PROXY: '10.0.0.0/8, ::1,loopback',
    DRAIN_WINDOW: '0',
    LIMIT_POSTS_KEY: '5',
    ROLES: 'stream, jobs',
    WORKERS: 'auto',
    REDIS_URL: 'redis://one:6379, redis://two:6379',
  })
  expect(config.redisUrl).toBe('redis://one:6379,redis://two:6379')
  expect(config.publicUrl).toBe('https://halley.example')
  expect(config.trustProxy).toEqual(['10.0.0.0/8', '::1', 'loopback'])
  expect(config.drainWindowMs).toBe(0)
  expect(config.limits.postsPerKey).toBe(5)
  expect([...config.roles]).toEqual(['stream', 'jobs'])
  expect(config.workers).toBe(availableParallelism())
  expect([...loadConfig({}).roles]).toEqual(['api', 'stream', 'ingest', 'jobs'])
})

test('CONF3 makes a table with a row for each setting', () => {
  const rows = configTable().split('\n').slice(2)
  expect(rows.map((row) => row.split('`')[1])).toEqual(Object.keys(VARIABLES))
  expect(rows.find((row) => row.includes('`PORT`'))).toContain('| 8080 |')
})
