import type { TestProject } from 'vitest/node'
import { findChromium } from './chromium.ts'
import { type Part, startPostgres } from './postgres.ts'
import { sharedRedis } from './redis.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Of a superuser of a Postgres that is there for this run: make databases of your own in it. */
    databaseUrl: string
    /** Of a Redis that all tests share: use channels and keys of your own. */
    redisUrl: string
    /** The path of a Chromium, for `CHROMIUM_ARGS`. */
    chromium: string
  }
}

interface Parts {
  databaseUrl?: Promise<Part>
  redisUrl?: Promise<Part>
  chromium?: Promise<string>
}

/** Projects are set up one after another in one process and share what is running. */
const shared = globalThis as { halleyParts?: Parts }

/** Global set-ups for Vitest, by what the tests of a project need. */
export function setupOf(...keys: (keyof Parts)[]): (project: TestProject) => Promise<() => Promise<void>> {
  return async (project) => {
    shared.halleyParts ??= {}
    const parts = shared.halleyParts
    const bring = async (key: keyof Parts): Promise<void> => {
      if (key === 'chromium') {
        parts.chromium ??= findChromium()
        project.provide(key, await parts.chromium)
        return
      }
      parts[key] ??= key === 'databaseUrl' ? startPostgres() : sharedRedis()
      project.provide(key, (await parts[key]).url)
    }
    await Promise.all(keys.map(bring))
    return async () => {
      const running = [parts.databaseUrl, parts.redisUrl]
      delete parts.databaseUrl
      delete parts.redisUrl
      for (const part of running) await (await part)?.stop()
    }
  }
}
