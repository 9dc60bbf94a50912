import type { Database } from '../db/database.ts'
import { and, eq, sql } from '../db/drizzle.ts'
import { unlessTooMany } from '../db/or-unavailable.ts'
import { rooms, sites } from '../db/tables.ts'
import type { KnownPlaces } from './known-places.ts'
import type { Room } from './room.ts'
import { toRoom, toSite } from './to-room.ts'

/** Milliseconds for which an answer is taken from memory; also of rooms that do not exist. */
const FRESH_MS = 2_000
/** Milliseconds that somebody waits for a look at a room that was known before. */
const PATIENCE_MS = 300
/** Answers kept; the one that was asked for longest ago goes first. */
const SIZE = 20_000

interface Entry {
  room: Room | undefined
  freshUntil: number
  loading: Promise<Room | undefined> | undefined
  /** The last look failed, or was not answered in good time. */
  late: boolean
}

const unknown = (): Entry => ({ room: undefined, freshUntil: 0, loading: undefined, late: false })

/** Finds rooms by address, from memory where they were asked for a moment ago. */
export class Rooms {
  readonly #database: Database
  readonly #byAddress: ReturnType<typeof roomByAddress>
  readonly #now: () => number
  readonly #entries = new Map<string, Entry>()

  readonly #size: number
  readonly #known: KnownPlaces | undefined

  /** `now` is a clock in milliseconds; `known` is asked where neither the database nor this process knows a room. */
  constructor(
    database: Database,
    now: () => number = () => performance.now(),
    size = SIZE,
    known?: KnownPlaces,
  ) {
    this.#database = database
    this.#byAddress = roomByAddress(database)
    this.#known = known
    this.#now = now
    this.#size = size
  }

  /**
   * The room as of at most 2 s ago. While the database is away, as it last was; throws `Problem` `unavailable` where
   * that is not known.
   */
  async find(site: string, room: string): Promise<Room | undefined> {
    const address = `${site}/${room}`
    const entry = this.#entries.get(address) ?? unknown()
    this.#remember(address, entry)
    if (entry.freshUntil > this.#now()) return entry.room
    entry.loading ??= this.#load(site, room, entry).finally(() => {
      entry.loading = undefined
    })
    return entry.room ? this.#inGoodTime(entry.loading, entry, entry.room) : entry.loading
  }

  /** A database that hangs holds up nobody who asks for a room that was known. */
  async #inGoodTime(loading: Promise<Room | undefined>, entry: Entry, old: Room): Promise<Room | undefined> {
    const patience = Promise.withResolvers<Room>()
    const timer = setTimeout(
      () => {
        entry.late = true
        patience.resolve(old)
      },
      entry.late ? 0 : PATIENCE_MS,
    )
    return Promise.race([loading, patience.promise]).finally(() => clearTimeout(timer))
  }

  /** Asks for many rooms with one look, so that each is then found in memory. Throws `Problem` `unavailable`. */
  async refresh(addresses: readonly string[]): Promise<void> {
    const freshUntil = this.#now() + FRESH_MS
    const found = await unlessTooMany(() => this.#readMany(addresses))
    for (const address of addresses) {
      const entry = this.#entries.get(address) ?? unknown()
      if (entry.freshUntil < freshUntil) Object.assign(entry, { room: found.get(address), freshUntil })
      this.#known?.rememberRoom(address, found.get(address))
      this.#remember(address, entry)
    }
  }

  /** The next `find` asks the database. */
  forget(address: string): void {
    this.#entries.delete(address)
  }

  /** Puts the entry last in the order of the map, which is the order in which entries go. */
  #remember(address: string, entry: Entry): void {
    this.#entries.delete(address)
    this.#entries.set(address, entry)
    if (this.#entries.size > this.#size) this.#entries.delete(this.#entries.keys().next().value as string)
  }

  async #load(site: string, room: string, entry: Entry): Promise<Room | undefined> {
    const asked = this.#now()
    try {
      entry.room = await unlessTooMany(() => this.#read(site, room))
      entry.freshUntil = asked + FRESH_MS
      entry.late = false
      this.#known?.rememberRoom(`${site}/${room}`, entry.room)
    } catch (error) {
      entry.room ??= await this.#known?.room(`${site}/${room}`)
      if (!entry.room) throw error
      entry.late = true
      // Not asked again for a while: each attempt may take seconds.
      entry.freshUntil = this.#now() + FRESH_MS
    }
    return entry.room
  }

  async #readMany(addresses: readonly string[]): Promise<Map<string, Room>> {
    const slugs = [0, 1].map((part) => addresses.map((address) => address.split('/')[part] as string))
    const asked = sql`SELECT * FROM unnest(${sql.param(slugs[0])}::text[], ${sql.param(slugs[1])}::text[])`
    const rows = await this.#database.db
      .select()
      .from(rooms)
      .innerJoin(sites, eq(sites.id, rooms.siteId))
      .where(sql`(${sites.slug}, ${rooms.slug}) IN (${asked})`)
    const found = rows.map((row) => toRoom(toSite(row.sites), row.rooms))
    return new Map(found.map((room) => [room.address, room]))
  }

  async #read(site: string, room: string): Promise<Room | undefined> {
    const [row] = await this.#byAddress.execute({ site, room })
    return row && toRoom(toSite(row.sites), row.rooms)
  }
}

/** Prepared, because it is asked for every room that is come to: made anew each time it took half of a cold page. */
const roomByAddress = ({ db }: Database) =>
  db
    .select()
    .from(rooms)
    .innerJoin(sites, eq(sites.id, rooms.siteId))
    .where(and(eq(sites.slug, sql.placeholder('site')), eq(rooms.slug, sql.placeholder('room'))))
    .prepare('room_by_address')
