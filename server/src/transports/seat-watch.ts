import { setTimeout as sleep } from 'node:timers/promises'
import type { Admission } from './admission.ts'
import type { Seat } from './seat.ts'

/** How often each room and each token is looked at again; a key that was revoked ends within 5 s. */
const EVERY_MS = 1000
/** Rooms that are asked for together: one after the other, thousands would take longer than that. */
const CHUNK = 1000

interface RoomSeats {
  readonly all: Set<Seat>
  /** Those whose rights are more than to read as anybody would. */
  readonly staff: Set<Seat>
}

/**
 * Looks again whether readers may still read what they read. It asks for all rooms
 * at once, and once per key or signer that
 * anybody's rights hang on, not once per reader: thousands of readers of a public room cost one lookup.
 */
export class SeatWatch {
  readonly #admission: Admission
  readonly #rooms = new Map<string, RoomSeats>()
  readonly #ended = new AbortController()

  constructor(admission: Admission) {
    this.#admission = admission
    this.#run()
  }

  add(seat: Seat): void {
    let seats = this.#rooms.get(seat.address)
    if (!seats) {
      seats = { all: new Set(), staff: new Set() }
      this.#rooms.set(seat.address, seats)
    }
    seats.all.add(seat)
    if (seat.ask.view === 'staff') seats.staff.add(seat)
  }

  /** Any reader of this room. */
  someone(address: string): Seat | undefined {
    return this.#rooms.get(address)?.all.values().next().value
  }

  delete(seat: Seat): void {
    const seats = this.#rooms.get(seat.address)
    seats?.all.delete(seat)
    seats?.staff.delete(seat)
    if (seats?.all.size === 0) this.#rooms.delete(seat.address)
  }

  end(): void {
    this.#ended.abort()
  }

  async #run(): Promise<void> {
    const { signal } = this.#ended
    while (!signal.aborted) {
      await sleep(EVERY_MS, undefined, { signal, ref: false }).catch(() => {})
      const addresses = [...this.#rooms.keys()]
      for (let start = 0; start < addresses.length && !signal.aborted; start += CHUNK)
        await this.#lookAt(addresses.slice(start, start + CHUNK))
    }
  }

  async #lookAt(addresses: readonly string[]): Promise<void> {
    await this.#admission.refresh(addresses).catch(() => {})
    for (const address of addresses) {
      const seats = this.#rooms.get(address)
      if (seats && !this.#ended.signal.aborted) await this.#look(address, seats).catch(() => {})
    }
  }

  async #look(address: string, { all, staff }: RoomSeats): Promise<void> {
    const room = await this.#admission.find(address)
    const gone = !room || room.site.gone
    const standing = new Map<string, Seat[]>()
    for (const seat of !gone && room.visibility === 'public' ? staff : all) {
      const { token, view } = seat.ask
      const ends = gone || token === undefined || seat.expiresAt <= Date.now()
      const key = ends ? 'ends' : `${view} ${signerOf(token)}`
      const group = standing.get(key)
      if (group) group.push(seat)
      else standing.set(key, [seat])
    }
    for (const [key, seats] of standing) {
      if (key === 'ends' || !(await this.#stands(seats[0] as Seat))) for (const seat of seats) seat.review()
    }
  }

  async #stands(seat: Seat): Promise<boolean> {
    try {
      await this.#admission.recheck(seat.ask)
      return true
    } catch {
      return false
    }
  }
}

/** What a token's worth hangs on: of a JWT, which was verified when it came, the key that signed it; else itself. */
function signerOf(token: string): string {
  const parts = token.split('.')
  return parts.length === 3 ? (parts[0] as string) : token
}
