import type { Database } from '../db/database.ts'
import { deadline } from '../db/deadline.ts'
import type { LogReader, PageRead, PageRequest, RoomCounts } from './log.ts'
import { readLog } from './read-log.ts'

/** How long a page may take there; after a failure it is left alone for a while. */
const DEADLINE_MS = 500
const REST_MS = 2000

/** How pages were read, for metrics. */
export interface ReplicaCounts {
  /** As the replica gave them. */
  served: number
  /** Read again from the truth, because the replica was behind. */
  behind: number
  /** Not answered in time, or not at all. */
  failed: number
}

/**
 * Reads pages of history from a replica, each with one look at the room in the truth beside it: a page that was read
 * there stands only where it has every edit and removal up to that look, and everything up to its own end of the room.
 * Whatever the replica cannot show, or does not show in time, is read from the truth. The newest page always is: in a
 * room where something happens a replica is behind it.
 */
export function pagesFromReplica(
  truth: LogReader,
  replica: Database,
  counts: ReplicaCounts = { served: 0, behind: 0, failed: 0 },
  onFailure: (error: unknown) => void = () => {},
  deadlineMs = DEADLINE_MS,
): LogReader {
  const copy = readLog(replica)
  let restsUntil = 0
  const fail = (error: unknown): undefined => {
    onFailure(error)
  }
  const ask: LogReader['page'] = async (room, request) => {
    const asked = deadline(copy.page(room, request), deadlineMs, () => new Error('late'))
    const [now, page] = await Promise.all([truth.counts(room), asked.catch(fail)])
    if (page !== undefined && page !== 'item-unknown' && isCurrent(page, now, request)) {
      counts.served += 1
      return page
    }
    if (page === undefined) restsUntil = performance.now() + REST_MS
    counts[page === undefined ? 'failed' : 'behind'] += 1
    return truth.page(room, request)
  }
  return {
    ...truth,
    page: (room, request) =>
      hasPlace(request) && performance.now() >= restsUntil ? ask(room, request) : truth.page(room, request),
  }
}

const hasPlace = ({ before, after, around }: PageRequest): boolean =>
  before !== undefined || after !== undefined || around !== undefined

/** Only edits, removals and the like reach into the middle of a room; posts come at its end. */
function isCurrent(page: PageRead, now: RoomCounts, { before = 0 }: PageRequest): boolean {
  if (page.head.epoch !== now.head.epoch) return false
  const needed = page.newer === null ? now.head.rev : Math.max(now.altered, before - 1)
  return page.head.rev >= needed
}
