import type { Drain } from './drain.ts'

/** Once hurried, so long for what is left to do. */
const HURRIED_MS = 5000

/** What there is to end. */
export interface Running {
  readonly drain: Pick<Drain, 'begin' | 'hurry'>
  /** Closes everything, in the order in which one thing stands on another; called when no reader is connected. */
  readonly stop: () => Promise<void>
}

export interface Ending {
  /** Whoever is told to go before having started starts first: what was begun halfway could not be ended in order. */
  readonly running: Promise<Running>
  readonly delayMs: number
  readonly windowMs: number
  readonly log: { info(message: string): void; error(facts: object, message: string): void }
}

/**
 * SIGTERM and SIGINT end the process in order, with exit code 0. A second signal takes the time out of it: readers are
 * cut off at once, and what does not end within 5 s is left behind. A third ends the process on the spot.
 */
export function endOnSignals(ending: Ending): void {
  const { running, log } = ending
  let signals = 0
  const onSignal = (signal: string): void => {
    signals += 1
    if (signals === 1) {
      log.info(`${signal}: going away; once more to hurry`)
      end(ending)
    } else if (signals === 2) {
      running.then(({ drain }) => drain.hurry())
      setTimeout(() => process.exit(1), HURRIED_MS).unref()
    } else {
      process.exit(1)
    }
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}

async function end({ running, delayMs, windowMs, log }: Ending): Promise<void> {
  try {
    const { drain, stop } = await running
    await drain.begin({ delayMs, windowMs })
    await stop()
    log.info('gone')
    process.exit(0)
  } catch (error) {
    log.error({ err: error }, 'could not end in order')
    process.exit(1)
  }
}
