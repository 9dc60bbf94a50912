import type { Logger } from 'pino'
import { noteMistake } from './metrics/mistakes.ts'

/** How long the report of it may take. */
const REPORT_MS = 1000

/**
 * What nobody caught ends the process, as Node would have it: nobody knows what is left half done. But it is told first,
 * in a line of the log and to where mistakes are reported.
 */
export function endOnMistake(log: Pick<Logger, 'fatal'>): void {
  let isEnding = false
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'a mistake that nobody caught ends this process')
    noteMistake(error)
    if (isEnding) return
    isEnding = true
    setTimeout(() => process.exit(1), REPORT_MS)
  })
}
