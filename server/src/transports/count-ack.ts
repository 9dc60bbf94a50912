import type { AckBody } from '@halley/shared'
import { metrics } from '../metrics/metrics.ts'
import type { Seat } from './seat.ts'

/** Counts what a page has confirmed. `seatOf` finds who follows a room, so far as that is known here. */
export function countAck({ positions, lagMs }: AckBody, seatOf: (room: string) => Seat | undefined): void {
  if (lagMs !== undefined) metrics.readerLagSeconds.observe(lagMs / 1000)
  for (const [room, position] of Object.entries(positions)) {
    const isCurrent = seatOf(room)?.isCurrent(position)
    if (isCurrent !== undefined) metrics.acks.inc({ state: isCurrent ? 'current' : 'behind' })
  }
}
