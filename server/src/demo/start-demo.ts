import { setTimeout as wait } from 'node:timers/promises'
import type { Database } from '../db/database.ts'
import type { Line } from '../ingest/conversation.ts'
import type { LogWriter } from '../log/log.ts'
import type { Logger } from '../logger.ts'
import { demoRoom } from './demo-room.ts'
import { pauseBetween, readEvening } from './evening.ts'
import { publishLine } from './publish-line.ts'

export interface Demo {
  /** Plays what has not happened yet, in the background, to its end. */
  play(): void
  /** Resolves once nothing more is posted. */
  stop(): Promise<void>
}

/**
 * Makes the demo's room and puts two thirds of its evening there; the first reader finds a conversation of two hours.
 * Started again on the same data it posts only what is missing. Rejects where the database does.
 */
export async function startDemo(parts: {
  readonly database: Database
  readonly log: LogWriter
  readonly logger: Logger
  /** Milliseconds to wait before `next` when `line` has just arrived. */
  readonly pause?: (line: Line, next: Line) => number
}): Promise<Demo> {
  const { database, log, logger, pause = pauseBetween } = parts
  const room = await demoRoom(database)
  const { before, live } = await readEvening()
  const last = before.at(-1)?.t ?? 0
  const now = Date.now()
  // Asked for at once, they are appended in a few batches and in this order.
  await Promise.all(before.map((line) => publishLine(log, room, line, new Date(now - (last - line.t)))))

  const stopping = new AbortController()
  const { signal } = stopping
  let playing: Promise<void> = Promise.resolve()
  const playOn = async (): Promise<void> => {
    let previous: Line | undefined
    for (const line of live) {
      if (previous) await wait(pause(previous, line), undefined, { signal })
      const status = await publishLine(log, room, line)
      // What an earlier start played is passed over without waiting.
      previous = status === 'done' ? line : undefined
    }
  }
  return {
    play() {
      playing = playOn().catch((error: unknown) => {
        if (!signal.aborted) logger.warn({ error }, 'the demo has stopped')
      })
    },
    async stop() {
      stopping.abort()
      await playing
    },
  }
}
