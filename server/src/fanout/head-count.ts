import { randomUUID } from 'node:crypto'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { type Bus, EVERYWHERE, type RoomNews, type Subscription } from '../bus/bus.ts'
import type { RoomId } from '../rooms/room.ts'

/**
 * Milliseconds between two tellings of what has changed, and of everything, in case one was lost: a little less than a
 * number of ticks, so that a timer that fires late does not cost another one.
 */
const TELL_MS = 950
const TELL_ALL_MS = 1950
/** A process that was not heard for so long is gone, and its readers with it. */
const GONE_MS = 2500

const Told = Compile(
  Type.Object({
    by: Type.String(),
    all: Type.Boolean(),
    /** Nothing more comes of this process. */
    bye: Type.Optional(Type.Boolean()),
    rooms: Type.Array(Type.Tuple([Type.Integer(), Type.Integer({ minimum: 0 })])),
  }),
)

interface OwnRooms {
  /** The rooms that this process serves, with how many follow them here. */
  members(): ReadonlyMap<RoomId, number>
  serves(room: RoomId): boolean
}

interface Other {
  heardAt: number
  readonly counts: Map<RoomId, number>
}

/**
 * How many follow each room over all processes that share a bus: each tells the others of its own, of what has changed
 * and now and then of all, and is forgotten where it falls silent. Nothing is stored, so that a crash leaves nothing.
 */
export class HeadCount {
  readonly #by = randomUUID()
  readonly #bus: Bus
  readonly #rooms: OwnRooms
  readonly #subscription: Subscription
  readonly #others = new Map<string, Other>()
  #told: ReadonlyMap<RoomId, number> = new Map()
  #toldAt = Number.NEGATIVE_INFINITY
  #toldAllAt = Number.NEGATIVE_INFINITY

  constructor(bus: Bus, rooms: OwnRooms) {
    this.#bus = bus
    this.#rooms = rooms
    this.#subscription = bus.subscribe(EVERYWHERE, this.#hear)
    // Where others cannot be heard, their readers are not counted until they can.
    this.#subscription.ready.catch(() => {})
  }

  /** Those who follow a room elsewhere. */
  elsewhere(room: RoomId): number {
    let sum = 0
    for (const { counts } of this.#others.values()) sum += counts.get(room) ?? 0
    return sum
  }

  /** Forgets who fell silent without having said that they go: true where there was somebody. */
  forget(now: number): boolean {
    const silent = [...this.#others].filter(([, { heardAt }]) => now - heardAt >= GONE_MS)
    for (const [by] of silent) this.#others.delete(by)
    return silent.length > 0
  }

  /** To be called often. */
  tick(now: number): void {
    if (now - this.#toldAt < TELL_MS) return
    this.#toldAt = now
    const own = this.#rooms.members()
    if (now - this.#toldAllAt >= TELL_ALL_MS) {
      this.#toldAllAt = now
      this.#tell(true, [...own])
    } else {
      const ended = [...this.#told.keys()].filter((room) => !own.has(room))
      const changed = [...own].filter(([room, count]) => this.#told.get(room) !== count)
      this.#tell(false, [...changed, ...ended.map((room) => [room, 0] as [RoomId, number])])
    }
    this.#told = own
  }

  /** The others need not wait to find out. */
  close(): void {
    this.#tell(true, [], true)
    this.#subscription.end()
  }

  #tell(all: boolean, rooms: [RoomId, number][], bye?: boolean): void {
    const told = rooms.filter(([, count]) => count > 0 || !all)
    const staff = JSON.stringify({ by: this.#by, all, bye, rooms: told })
    const change = { rev: 0, item: null, readers: null, staff }
    this.#bus.publish(EVERYWHERE, { epoch: '', after: 0, to: 0, changes: [change] })
  }

  readonly #hear = ({ changes: [change] }: RoomNews): void => {
    const told: unknown = change && JSON.parse(change.staff)
    if (!Told.Check(told) || told.by === this.#by) return
    const known = this.#others.get(told.by)
    const counts = told.all || !known ? new Map<RoomId, number>() : known.counts
    for (const [id, count] of told.rooms) {
      const room = id as RoomId
      // Of rooms that nobody follows here, nobody has to know.
      if (count > 0 && this.#rooms.serves(room)) counts.set(room, count)
      else counts.delete(room)
    }
    if (told.bye) this.#others.delete(told.by)
    else this.#others.set(told.by, { heardAt: performance.now(), counts })
  }
}
