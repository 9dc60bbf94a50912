import { setImmediate as endOfTurn } from 'node:timers/promises'
import type { Bus } from '../bus/bus.ts'
import type { Database } from '../db/database.ts'
import { orUnavailable } from '../db/or-unavailable.ts'
import { type Logger, rareLine } from '../logger.ts'
import { metrics } from '../metrics/metrics.ts'
import { noteMistake } from '../metrics/mistakes.ts'
import { Problem } from '../problem.ts'
import type { Room, RoomId } from '../rooms/room.ts'
import { appendBatch } from './append-batch.ts'
import { toAppendFailure } from './append-failure.ts'
import { AppendQueue } from './append-queue.ts'
import type { ChangeRequest } from './change-request.ts'
import type { ItemRecord } from './item-record.ts'
import type { Chain, LogWriter } from './log.ts'
import type { Outcome } from './outcome.ts'
import { type Pending, toPending } from './pending.ts'
import { type ItemKey, readItems } from './read-items.ts'
import type { RequestResult } from './request-result.ts'
import { countTypes, itemToRead, newsOf, settle } from './settle.ts'

/** Milliseconds: for a room that another node is writing to; in the queue, before it is turned away. */
const LOCK_WAIT_MS = 1_000
const QUEUE_MS = 5_000
/** Rooms that are waited for at the same time, each on a connection of its own. */
const LANES = 3

const NOTHING_READ: ReadonlyMap<string, ItemRecord> = new Map()

interface Answered {
  readonly pending: Pending
  readonly result: RequestResult
}

interface Parts {
  readonly database: Database
  readonly bus: Pick<Bus, 'publish'>
  readonly log: Logger
  /** Why nothing may be appended just now. */
  readonly doubt?: () => Promise<Problem | undefined>
  readonly lockWaitMs?: number | undefined
}

/**
 * The one door for writing. While a transaction is in flight requests collect, and the next one writes them all: under
 * load batches grow by themselves, without load nobody waits. A room that another node holds is left out and written
 * beside, so that it delays no other.
 */
export class Publisher implements LogWriter {
  /** Since the start: transactions that were answered, what they wrote, and the milliseconds that they took. */
  readonly counts = { batches: 0, changes: 0, milliseconds: 0 }
  readonly #parts: Parts
  readonly #queue = new AppendQueue()
  /** Rooms whose requests are waiting for another node, or for their turn to do so. */
  readonly #busy = new Set<RoomId>()
  readonly #skipped: Pending[][] = []
  #lanes = 0
  #flying = false
  /** Appends that are answered, and whose askers and readers are not told yet. */
  #untold = 0
  #telling: Promise<void> = Promise.resolve()
  #closed: PromiseWithResolvers<void> | undefined

  readonly #failed: (error: unknown) => void

  constructor(parts: Parts) {
    this.#parts = parts
    this.#failed = rareLine(parts.log, 'an append failed')
  }

  async publish(room: Room, request: ChangeRequest, by: string, chain?: Chain): Promise<Outcome> {
    if (this.#closed) throw new Problem('draining')
    const { pending, outcome } = toPending(room, request, by, chain)
    this.#queue.add(pending)
    this.#fly()
    return outcome
  }

  /** Changes that wait for the next transaction. */
  get waiting(): number {
    return this.#queue.size
  }

  /** Takes no more; resolves once everything that was taken is answered. */
  close(): Promise<void> {
    this.#closed ??= Promise.withResolvers()
    this.#endIfIdle()
    return this.#closed.promise
  }

  async #fly(): Promise<void> {
    if (this.#flying) return
    this.#flying = true
    // What arrives in one turn of the event loop is written together.
    await endOfTurn()
    for (let batch = this.#next(); batch.length > 0; batch = this.#next()) {
      const told = this.#tellInOrder(await this.#write(batch, 0))
      if (this.#queue.size === 0) await told
    }
    this.#flying = false
    this.#endIfIdle()
  }

  #next(): Pending[] {
    const oldest = performance.now() - QUEUE_MS
    for (;;) {
      const batch = this.#queue.take(this.#busy)
      const inTime = batch.filter((pending) => pending.since >= oldest)
      for (const pending of batch)
        if (pending.since < oldest) turnAway(pending, new Problem('unavailable', undefined, 1))
      if (inTime.length > 0 || batch.length === 0) return inTime
    }
  }

  /** Never rejects: what was answered has to be told, and whoever else asked is told already, or waits on. */
  async #write(all: readonly Pending[], waitMs: number): Promise<Answered[]> {
    const batch = withoutBroken(all)
    if (batch.length === 0) return []
    const doubt = await this.#parts.doubt?.()
    if (doubt) {
      for (const pending of batch) turnAway(pending, doubt)
      return []
    }
    const begun = performance.now()
    try {
      const results = await appendBatch(this.#parts.database, batch, waitMs)
      this.#count(results.length, performance.now() - begun)
      return this.#pair(batch, results, waitMs)
    } catch (error) {
      await this.#fail(batch, waitMs, error)
      return []
    }
  }

  #pair(batch: readonly Pending[], results: readonly RequestResult[], waitMs: number): Answered[] {
    const byNumber = new Map(results.map((result) => [result.n, result]))
    const left = batch.filter((pending) => !byNumber.has(pending.n))
    if (waitMs > 0) for (const pending of left) pending.reject(new Problem('room-unknown'))
    else this.#writeBeside(left)
    return batch.flatMap((pending) => {
      const result = byNumber.get(pending.n)
      return result ? [{ pending, result }] : []
    })
  }

  /** In the order of the appends; where more waits, the next batch goes out before, and Postgres works meanwhile. */
  #tellInOrder(answered: readonly Answered[]): Promise<void> {
    const before = this.#telling
    const sent = this.#queue.size > 0 ? endOfTurn() : undefined
    const tell = async () => {
      await before
      await sent
      await this.#tell(answered)
      this.#untold -= 1
      this.#endIfIdle()
    }
    this.#untold += 1
    this.#telling = tell()
    return this.#telling
  }

  async #tell(answered: readonly Answered[]): Promise<void> {
    const keys = answered.flatMap(({ pending, result }) => itemToRead(pending, result) ?? [])
    const read = keys.length > 0 ? await this.#readItems(keys) : NOTHING_READ
    const settled = answered.map(({ pending, result }) => settle(pending, result, read))
    for (const [room, news] of newsOf(settled)) this.#parts.bus.publish(room, news)
    for (const [type, count] of countTypes(settled)) metrics.changes.inc({ type }, count)
    for (const { pending, outcome } of settled)
      if (outcome instanceof Problem) pending.reject(outcome)
      else pending.resolve(outcome)
  }

  async #readItems(keys: readonly ItemKey[]): Promise<ReadonlyMap<string, ItemRecord>> {
    try {
      return await orUnavailable(readItems(this.#parts.database, keys))
    } catch (error) {
      this.#parts.log.warn({ err: error, changes: keys.length }, 'what was appended could not be read')
      return new Map()
    }
  }

  /** Nothing of it was stored, unless the problem says that this is not known. */
  async #fail(batch: readonly Pending[], waitMs: number, error: unknown): Promise<void> {
    const failure = toAppendFailure(error)
    if (failure instanceof Problem) {
      this.#failed(error)
      for (const pending of batch) turnAway(pending, failure)
    } else if (batch.length === 1) {
      this.#failAlone(batch[0] as Pending, failure.culprit, error)
    } else {
      const half = Math.ceil(batch.length / 2)
      for (const part of [batch.slice(0, half), batch.slice(half)])
        await this.#tellInOrder(await this.#write(part, waitMs))
    }
  }

  #failAlone(pending: Pending, culprit: Problem | undefined, error: unknown): void {
    if (!culprit) {
      noteMistake(error)
      this.#parts.log.error({ err: error }, 'an append failed by a fault of ours')
      turnAway(pending, error)
    } else if (culprit.code === 'unavailable') {
      this.#failed(error)
      turnAway(pending, culprit)
    } else pending.reject(culprit)
  }

  #writeBeside(skipped: readonly Pending[]): void {
    for (const [room, batch] of Map.groupBy(skipped, (pending) => pending.room.id)) {
      this.#busy.add(room)
      this.#skipped.push(batch)
    }
    while (this.#lanes < LANES && this.#skipped.length > 0) this.#runLane()
  }

  async #runLane(): Promise<void> {
    this.#lanes += 1
    for (let batch = this.#skipped.shift(); batch; batch = this.#skipped.shift()) {
      await this.#tellInOrder(await this.#write(batch, this.#parts.lockWaitMs ?? LOCK_WAIT_MS))
      this.#busy.delete((batch[0] as Pending).room.id)
      this.#fly()
    }
    this.#lanes -= 1
    this.#endIfIdle()
  }

  #count(changes: number, milliseconds: number): void {
    this.counts.batches += 1
    this.counts.changes += changes
    this.counts.milliseconds += milliseconds
    metrics.appendSeconds.observe(milliseconds / 1000)
    metrics.appendChanges.observe(changes)
  }

  #endIfIdle(): void {
    const busy = this.#flying || this.#lanes > 0 || this.#queue.size > 0 || this.#untold > 0
    if (!busy) this.#closed?.resolve()
  }
}

/** It is not known to be stored, so nothing that is chained to it may be. */
function turnAway(pending: Pending, error: unknown): void {
  if (pending.chain) pending.chain.broken = true
  pending.reject(error)
}

function withoutBroken(batch: readonly Pending[]): readonly Pending[] {
  if (!batch.some(({ chain }) => chain?.broken)) return batch
  return batch.filter((pending) => {
    if (pending.chain?.broken) pending.reject(new Problem('unavailable', undefined, 1))
    return !pending.chain?.broken
  })
}
