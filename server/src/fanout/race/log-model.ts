import type { ChangeType, View } from '@halley/shared'
import type { EncodedChange, RoomNews } from '../../bus/bus.ts'
import { encodeChange } from '../../log/encode-change.ts'
import type { ItemRecord } from '../../log/item-record.ts'
import type { ChangesRead, Head, LogReader } from '../../log/log.ts'
import { toItem } from '../../log/to-item.ts'
import type { RoomId } from '../../rooms/room.ts'

/** What a writer may do to an item; what makes no sense for its state changes nothing. */
export type Step = 'post' | 'post-held' | 'edit' | 'remove' | 'restore' | 'hold' | 'release'

interface State {
  epoch: string
  rev: number
  items: Map<string, ItemRecord>
  changes: { rev: number; type: ChangeType; id: string }[]
}

const EVER = '2026-11-21T20:00:00.000Z'

/** One room's log, small and in memory, whose reads take as long as a test wants: for racing it against readers. */
export class LogModel implements Pick<LogReader, 'heads' | 'changesSince'> {
  #state: State = { epoch: 'life0', rev: 0, items: new Map(), changes: [] }
  readonly #delay: () => number
  failing = false
  /** The room was erased. */
  gone = false
  /** How often changes were read. */
  changeReads = 0
  /** Up to this rev changes were deleted. */
  floor = 0

  constructor(delay: () => number) {
    this.#delay = delay
  }

  get head(): Head {
    return { epoch: this.#state.epoch, rev: this.#state.rev }
  }

  item(id: string): ItemRecord | undefined {
    return this.#state.items.get(id)
  }

  /** Commits a batch and returns the news of it, or undefined where nothing changed. */
  commit(batch: readonly { step: Step; id: string }[]): RoomNews | undefined {
    const after = this.#state.rev
    const changes: EncodedChange[] = []
    for (const { step, id } of batch) {
      const done = this.#apply(step, id)
      if (done) changes.push(this.#encode(done.rev, done.type, id))
    }
    const { epoch, rev } = this.#state
    return changes.length > 0 ? { epoch, after, to: rev, changes } : undefined
  }

  /** What somebody who sees the room now would see: text by item. */
  shown(view: View): Map<string, string> {
    const shown = new Map<string, string>()
    for (const record of this.#state.items.values()) {
      const item = toItem(record, view)
      if (item && 'text' in item) shown.set(item.id, `${item.seq} ${item.text}`)
    }
    return shown
  }

  save(): State {
    const { epoch, rev, items, changes } = this.#state
    return { epoch, rev, items: new Map(items), changes: [...changes] }
  }

  /** Puts an older state back, as a restored backup whose epoch was renewed. */
  restore(saved: State, epoch: string): void {
    this.#state = { ...saved, epoch, items: new Map(saved.items), changes: [...saved.changes] }
  }

  heads(rooms: readonly RoomId[]): Promise<Map<RoomId, Head>> {
    return this.#read(() => new Map(this.gone ? [] : rooms.map((room) => [room, this.head])))
  }

  changesSince(_room: RoomId, since: number, limit: number): Promise<ChangesRead> {
    this.changeReads += 1
    return this.#read(() => {
      const { epoch, rev, changes } = this.#state
      const after = Math.max(since, this.floor)
      const span = changes.filter((change) => change.rev > after).slice(0, limit)
      const to = span.at(-1)?.rev ?? after
      const last = new Map(span.map((change) => [change.id, change]))
      const kept = span.filter((change) => last.get(change.id) === change)
      const encoded = kept.map((change) => this.#encode(change.rev, change.type, change.id))
      return { epoch, after, to, head: rev, changes: encoded }
    })
  }

  page(view: View): Promise<{ head: Head; shown: Map<string, string>; revs: Map<string, number> }> {
    return this.#read(() => {
      const revs = new Map([...this.#state.items].map(([id, { rev }]) => [id, rev]))
      return { head: this.head, shown: this.shown(view), revs }
    })
  }

  async #read<T>(take: () => T): Promise<T> {
    await sleep(this.#delay())
    if (this.failing) throw new Error('the log is away')
    const taken = take()
    await sleep(this.#delay())
    return taken
  }

  #encode(rev: number, type: ChangeType, id: string): EncodedChange {
    return encodeChange({ rev, type, item: this.#state.items.get(id) as ItemRecord, room: null })
  }

  #apply(step: Step, id: string): { rev: number; type: ChangeType } | undefined {
    const type = typeOf(step, this.#state.items.get(id))
    if (!type) return undefined
    const rev = ++this.#state.rev
    this.#state.items.set(id, changed(this.#state.items.get(id), step, id, rev))
    this.#state.changes.push({ rev, type, id })
    return { rev, type }
  }
}

function typeOf(step: Step, item: ItemRecord | undefined): ChangeType | undefined {
  if (!item) return step === 'post' ? 'posted' : step === 'post-held' ? 'held' : undefined
  if (step === 'edit') return item.state === 'removed' ? undefined : 'edited'
  if (step === 'remove') return item.state === 'removed' ? undefined : 'removed'
  if (step === 'restore') return item.state === 'removed' ? 'restored' : undefined
  if (step === 'hold') return item.state === 'live' ? 'held' : undefined
  if (step === 'release') return item.state === 'held' ? 'released' : undefined
  return undefined
}

function changed(item: ItemRecord | undefined, step: Step, id: string, rev: number): ItemRecord {
  const before = item ?? newItem(id)
  const edits = Number(before.text.split('#')[1]) + (step === 'edit' ? 1 : 0)
  const state =
    step === 'edit'
      ? before.state
      : step === 'remove'
        ? 'removed'
        : step === 'hold' || step === 'post-held'
          ? 'held'
          : 'live'
  const seq = before.seq ?? (state === 'live' ? rev : null)
  return { ...before, rev, seq, state, text: `${id}#${edits}`, removedAt: state === 'removed' ? EVER : null }
}

function newItem(id: string): ItemRecord {
  return {
    id,
    seq: null,
    rev: 0,
    kind: 'post',
    author: { name: 'Ada' },
    poster: null,
    body: [],
    text: `${id}#0`,
    state: 'live',
    highlight: false,
    postedAt: EVER,
    editedAt: null,
    pinnedAt: null,
    removedAt: null,
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
