import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { findProgram } from './find-program.ts'
import { installFromDebian } from './install-from-debian.ts'

const run = promisify(execFile)

export interface RedisProgram {
  /** How to run it on a port of the loopback address with its files in `folder`; `more` are arguments of its own. */
  at(port: number, folder: string, more?: readonly string[]): { command: string; args: string[] }
  /** Where ending the command does not end the Redis. */
  afterKill?(port: number): Promise<void>
}

/**
 * A redis-server: `REDIS_SERVER`, the machine's own, one that Debian's packages bring where we are root, Docker's
 * where its engine answers, or one that redis-memory-server builds.
 */
export async function redisProgram(): Promise<RedisProgram> {
  const problems: string[] = []
  for (const bring of [named, fromMachine, fromDebian, fromDocker, fromMemoryServer]) {
    try {
      const program = await bring()
      if (program) return program
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
    }
  }
  throw new Error(
    'The tests need a Redis and could not bring one. Install the package redis-server (or valkey), or set ' +
      `REDIS_SERVER to a program or TEST_REDIS_URL to an address.\n${problems.join('\n')}`,
  )
}

const named = async (): Promise<RedisProgram | undefined> => server(process.env.REDIS_SERVER)
const fromMachine = async (): Promise<RedisProgram | undefined> =>
  server(findProgram('redis-server', 'valkey-server'))

function server(path: string | undefined): RedisProgram | undefined {
  return path
    ? {
        at: (port, folder, more = []) => ({
          command: path,
          args: [...settings(port, '127.0.0.1', folder), ...more],
        }),
      }
    : undefined
}

function settings(port: number, address: string, folder: string): string[] {
  const listen = ['--port', `${port}`, '--bind', address]
  return [...listen, '--dir', folder, '--appendonly', 'yes', '--save', '']
}

async function fromDebian(): Promise<RedisProgram | undefined> {
  return (await installFromDebian('redis-server')) ? fromMachine() : undefined
}

async function fromDocker(): Promise<RedisProgram | undefined> {
  const docker = findProgram('docker')
  if (!docker) return undefined
  await run(docker, ['info'], { timeout: 10_000 })
  await run(docker, ['pull', 'redis:7'], { timeout: 180_000 })
  const name = (port: number): string => `halley-test-redis-${port}`
  return {
    at: (port, _folder, more = []) => ({
      command: docker,
      args: ['run', '--rm', '--name', name(port), '-p', `127.0.0.1:${port}:6379`, 'redis:7'].concat(
        'redis-server',
        settings(6379, '0.0.0.0', '/data'),
        more,
      ),
    }),
    afterKill: async (port) => {
      await run(docker, ['kill', name(port)])
    },
  }
}

async function fromMemoryServer(): Promise<RedisProgram | undefined> {
  console.log('Building a Redis with redis-memory-server …')
  const { RedisBinary } = await import('redis-memory-server')
  return server(await RedisBinary.getPath())
}
