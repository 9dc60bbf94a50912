import type { Cluster, Redis } from 'ioredis'
import { SCRIPTS, type ScriptName } from './scripts.ts'

/** A connection that fails fast, to a single Redis or to a Cluster. */
export type SpoolRedis = Redis | Cluster

/** Runs the scripts of the spool on a connection. */
export class SpoolLink {
  readonly redis: SpoolRedis

  constructor(redis: SpoolRedis) {
    this.redis = redis
    for (const [name, script] of Object.entries(SCRIPTS)) redis.defineCommand(name, script)
    // What goes wrong shows in the answers.
    redis.on('error', () => {})
  }

  /** Rejects as the connection does. */
  run(name: ScriptName, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    const commands = this.redis as unknown as Record<string, (...all: unknown[]) => Promise<unknown>>
    return (commands[name] as (...all: unknown[]) => Promise<unknown>).call(this.redis, ...keys, ...args)
  }

  close(): void {
    this.redis.disconnect()
  }
}
