import type { Bus } from '../bus/bus.ts'
import type { Database } from '../db/database.ts'
import { type Logger, rareLine } from '../logger.ts'
import { showNumber } from '../metrics/live-numbers.ts'
import { EpochWatch } from './epoch-watch.ts'
import type { LogReader, LogWriter } from './log.ts'
import { Publisher } from './publish.ts'
import { readLog } from './read-log.ts'
import { pagesFromReplica, type ReplicaCounts } from './read-replica.ts'

export interface Log extends LogReader, LogWriter {
  /** Refuses what is new (`Problem` `draining`) and resolves once what is in flight is answered. */
  close(): Promise<void>
}

/** The log of every room of a database: the truth, and the one door to it. */
export function openLog(parts: {
  readonly database: Database
  /** Pages of history may be read from it. */
  readonly replica?: Database | undefined
  readonly bus: Pick<Bus, 'publish'>
  readonly log: Logger
  /** Milliseconds for which a room is waited for that another node is writing to. */
  readonly lockWaitMs?: number | undefined
}): Log {
  const { replica } = parts
  const truth = readLog(parts.database)
  const epochs = new EpochWatch(parts)
  const publisher = new Publisher({ ...parts, doubt: () => epochs.doubt() })
  const onFailure = rareLine(parts.log, 'the replica did not answer; pages are read from the primary')
  const pages: ReplicaCounts = { served: 0, behind: 0, failed: 0 }
  const shown = [showNumber('append_waiting', () => publisher.waiting), ...(replica ? showPages(pages) : [])]
  return {
    ...(replica ? pagesFromReplica(truth, replica, pages, onFailure) : truth),
    publish: (...asked) => publisher.publish(...asked),
    close: async () => {
      await publisher.close()
      await epochs.close()
      for (const hide of shown) hide()
    },
  }
}

function showPages(pages: ReplicaCounts): (() => void)[] {
  return (['served', 'behind', 'failed'] as const).map((how) =>
    showNumber(`replica_pages_${how}_total`, () => pages[how]),
  )
}
