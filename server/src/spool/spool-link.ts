import type { RedisClient } from '../db/open-redis.ts'
import { SCRIPTS, type ScriptName } from './scripts.ts'

export type SpoolRedis = RedisClient

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
