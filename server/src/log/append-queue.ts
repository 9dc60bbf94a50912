import { Problem } from '../problem.ts'
import type { RoomId, SiteId } from '../rooms/room.ts'
import { itemOf, type Pending } from './pending.ts'

/** What one transaction writes at most. */
const BATCH_CHANGES = 500
const BATCH_CHARACTERS = 4_000_000
/** What waits at most, of all rooms together; more is turned away. */
const QUEUE_CHANGES = 20_000
const QUEUE_CHARACTERS = 64_000_000

/**
 * Requests that wait to be written, by tenant and room. A batch takes from each tenant in turn, and from each of its
 * rooms in turn, so that a busy one delays nobody else.
 */
export class AppendQueue {
  readonly #sites = new Map<SiteId, Map<RoomId, Pending[]>>()
  #changes = 0
  #characters = 0

  get size(): number {
    return this.#changes
  }

  /** Throws `Problem` `unavailable` where too much waits already. */
  add(pending: Pending): void {
    if (this.#changes >= QUEUE_CHANGES || this.#characters >= QUEUE_CHARACTERS)
      throw new Problem('unavailable', 'Too much waits to be stored', 1)
    const { site, id } = pending.room
    const rooms = this.#sites.get(site.id) ?? new Map<RoomId, Pending[]>()
    this.#sites.set(site.id, rooms)
    const waiting = rooms.get(id)
    if (waiting) waiting.push(pending)
    else rooms.set(id, [pending])
    this.#changes += 1
    this.#characters += pending.json.length
  }

  /** The next batch: nothing of rooms that are `busy`, each item of a room once, each room's order kept. */
  take(busy: ReadonlySet<RoomId>): Pending[] {
    const tenants = [...this.#sites.values()].map((rooms) => takeTurns(roomTurns(rooms, busy)))
    const batch: Pending[] = []
    let characters = 0
    for (const pending of takeTurns(tenants)) {
      batch.push(pending)
      characters += pending.json.length
      if (batch.length >= BATCH_CHANGES || characters >= BATCH_CHARACTERS) break
    }
    this.#drop(batch, characters)
    return batch
  }

  /** Takes the batch out, and moves the tenants and rooms that it served behind those that it did not. */
  #drop(batch: readonly Pending[], characters: number): void {
    const taken = new Set(batch)
    // Once for each room: to look at all that waits in it for each request would take longer than to write them.
    for (const room of new Map(batch.map(({ room }) => [room.id, room])).values()) {
      const rooms = this.#sites.get(room.site.id)
      const waiting = rooms?.get(room.id)
      if (!rooms || !waiting) continue
      rooms.delete(room.id)
      const left = waiting.filter((pending) => !taken.has(pending))
      if (left.length > 0) rooms.set(room.id, left)
      this.#sites.delete(room.site.id)
      if (rooms.size > 0) this.#sites.set(room.site.id, rooms)
    }
    this.#changes -= batch.length
    this.#characters -= characters
  }
}

function roomTurns(rooms: ReadonlyMap<RoomId, readonly Pending[]>, busy: ReadonlySet<RoomId>) {
  return [...rooms].filter(([id]) => !busy.has(id)).map(([, waiting]) => takeable(waiting))
}

/**
 * Of one room's requests those that may be written together: one about an item that is in the batch already waits for
 * the next, and a change of the room itself ends the room's share, because what follows is judged by it.
 */
function* takeable(waiting: readonly Pending[]): Generator<Pending, void> {
  const items = new Set<string>()
  let passedOver = false
  for (const pending of waiting) {
    const item = itemOf(pending.request)
    if (item === undefined) {
      if (!passedOver) yield pending
      return
    }
    if (items.has(item)) {
      passedOver = true
    } else {
      items.add(item)
      yield pending
    }
  }
}

/** One of each, round and round, until all are at their end. */
function* takeTurns<T>(all: readonly Iterator<T, void>[]): Generator<T, void> {
  let left = all
  while (left.length > 0) {
    const going: Iterator<T, void>[] = []
    for (const one of left) {
      const next = one.next()
      if (next.done) continue
      going.push(one)
      yield next.value
    }
    left = going
  }
}
