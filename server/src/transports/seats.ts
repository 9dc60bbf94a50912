import { type AckBody, LIMITS } from '@halley/shared'
import type { Reader } from '../fanout/reader.ts'
import { Problem } from '../problem.ts'
import type { Admitted, JoinAsk, Whence } from './admission.ts'
import { countAck } from './count-ack.ts'
import { type Host, type House, Seat } from './seat.ts'

/** The rooms of one connection. */
export class Seats implements Host {
  readonly outlet: Reader
  readonly whence: Whence
  readonly #house: House
  readonly #seats = new Map<string, Seat>()

  constructor(house: House, outlet: Reader, whence: Whence) {
    this.#house = house
    this.outlet = outlet
    this.whence = whence
  }

  get size(): number {
    return this.#seats.size
  }

  /** A room that is joined already is left and joined anew. Throws `Problem` `too-many-rooms`. */
  join(ask: JoinAsk, admitted?: Admitted): Promise<void> {
    const before = this.#seats.get(ask.room)
    if (!before && this.#seats.size >= LIMITS.roomsPerConnection) throw new Problem('too-many-rooms')
    before?.leave()
    const seat = new Seat(this.#house, this, ask)
    this.#seats.set(ask.room, seat)
    return seat.enter(admitted)
  }

  /** Throws `Problem` `not-joined`. */
  auth(room: string, token: string): void {
    const seat = this.#seats.get(room)
    if (!seat) throw new Problem('not-joined')
    seat.renew(token)
  }

  /** Of rooms that were not asked nothing is counted. */
  ack(ack: AckBody): void {
    const asked = (room: string) => this.#seats.get(room)?.asked === true
    if (Object.keys(ack.positions).some(asked)) countAck(ack, (room) => this.#seats.get(room))
  }

  /** Throws `Problem` `not-joined`. */
  leave(room: string): void {
    const seat = this.#seats.get(room)
    if (!seat) throw new Problem('not-joined')
    this.#seats.delete(room)
    seat.leave()
  }

  leaveAll(): void {
    for (const seat of this.#seats.values()) seat.leave()
    this.#seats.clear()
  }

  /** Of each room where that is known: its address and where the reader is, when all that was sent is read. */
  *positions(): Iterable<[string, string]> {
    for (const { address, position } of this.#seats.values())
      if (position !== undefined) yield [address, position]
  }

  vacated(seat: Seat): void {
    if (this.#seats.get(seat.address) === seat) this.#seats.delete(seat.address)
  }
}
