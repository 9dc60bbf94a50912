import { type CloseReason, ERRORS, parsePosition } from '@halley/shared'
import { resetFrame } from '../fanout/encode-frame.ts'
import type { Frame } from '../fanout/frame.ts'
import type { Join, Membership } from '../fanout/membership.ts'
import type { Reader } from '../fanout/reader.ts'
import { metrics } from '../metrics/metrics.ts'
import { noteMistake } from '../metrics/mistakes.ts'
import { Problem } from '../problem.ts'
import type { Admission, Admitted, JoinAsk, Whence } from './admission.ts'
import { problemFrame } from './problem-frame.ts'
import type { SeatWatch } from './seat-watch.ts'

/** What all seats of a node share. */
export interface House {
  readonly admission: Admission
  readonly join: Join
  readonly watch: SeatWatch
  /** The share of joins that are asked to confirm what they show. */
  readonly ackShare?: number
  readonly log: { error(facts: object, message: string): void }
}

/** The connection that a seat is on. */
export interface Host {
  readonly outlet: Reader
  readonly whence: Whence
  /** The seat is over without the reader's having left it. */
  vacated(seat: Seat): void
}

/** One room on one connection: admitted, joined, looked at again, and left in the end. */
export class Seat implements Reader {
  readonly address: string
  readonly #house: House
  readonly #host: Host
  #ask: JoinAsk
  #position: string | undefined
  #expiresAt = Number.POSITIVE_INFINITY
  #membership: Membership | undefined
  #asked = false
  #over = false
  /** What is done about this seat is done one thing after the other. */
  #work: Promise<void> = Promise.resolve()

  constructor(house: House, host: Host, ask: JoinAsk) {
    this.address = ask.room
    this.#house = house
    this.#host = host
    this.#ask = ask
    this.#position = ask.since
  }

  get ask(): JoinAsk {
    return this.#ask
  }

  get expiresAt(): number {
    return this.#expiresAt
  }

  /** Where whoever has read all that was sent is; undefined until it is known. */
  get position(): string | undefined {
    return this.#position
  }

  send(frame: Frame): void {
    if (this.#over) return
    if (frame.position !== undefined) this.#position = frame.position
    this.#host.outlet.send(frame)
    if (frame.type === 'error') this.#end()
  }

  queuedBytes(): number {
    return this.#host.outlet.queuedBytes()
  }

  cut(reason: CloseReason): void {
    this.#host.outlet.cut(reason)
  }

  /** True where `joined` asked to be told what is shown. */
  get asked(): boolean {
    return this.#asked
  }

  /** Whether this position is as new as it should be by now; undefined where that is not known. */
  isCurrent(position: string): boolean | undefined {
    const at = parsePosition(position)
    return at && this.#membership?.isCurrent?.(at)
  }

  /** Joins, asking for admission unless that was done before. A refusal is told to the reader. */
  enter(admitted?: Admitted): Promise<void> {
    return this.#next(async () => {
      try {
        await this.#sit(admitted ?? (await this.#house.admission.admit(this.#ask, this.#host.whence)))
      } catch (error) {
        this.#refuse(error)
      }
    })
  }

  /** Goes on with another token: `joined` says from where, and what the reader may do now. */
  renew(token: string): Promise<void> {
    return this.#next(async () => {
      const ask = { ...this.#ask, token }
      try {
        const admitted = await this.#house.admission.admit(ask, this.#host.whence)
        this.#ask = ask
        // What was told while that was decided is not told again.
        await this.#sit({ ...admitted, since: parsePosition(this.#position ?? '') })
      } catch (error) {
        // Whoever has lost their place over it would be told nothing more, and not know.
        if (this.#membership && isOfStaffView(ask, error)) {
          this.#ask = { room: ask.room, token }
          await this.#goOnAsReader()
        } else if (this.#membership) this.#tell(error)
        else this.#refuse(error)
      }
    })
  }

  /** Decides again. What anybody may read goes on; the rest ends. */
  review(): Promise<void> {
    return this.#next(async () => {
      const lost = await this.#refusal(this.#ask)
      if (!lost || this.#over) return
      const anybody: JoinAsk = { room: this.address }
      if (await this.#refusal(anybody)) return this.#refuse(lost)
      const wasStaff = this.#ask.view === 'staff'
      this.#ask = anybody
      this.#expiresAt = Number.POSITIVE_INFINITY
      if (wasStaff) await this.#goOnAsReader()
    })
  }

  /** Nothing is sent from the moment this returns. */
  leave(): void {
    this.#over = true
    this.#stand()
  }

  async #sit(admitted: Admitted): Promise<void> {
    if (this.#over) return
    this.#stand()
    const { room, since, view, may } = admitted
    const ack = Math.random() < (this.#house.ackShare ?? 0)
    const membership = await this.#house.join({ room, since, view, may, ack }, this)
    if (this.#over) return membership.leave()
    this.#membership = membership
    this.#asked = ack
    if (ack) metrics.acksAsked.inc()
    this.#expiresAt = admitted.expiresAt
    this.#house.watch.add(this)
  }

  #stand(): void {
    this.#membership?.leave()
    this.#membership = undefined
    this.#house.watch.delete(this)
  }

  /** The staff's view is to be forgotten: a reset says so, and the room goes on as readers see it. */
  async #goOnAsReader(): Promise<void> {
    const at = parsePosition(this.#position ?? '')
    if (at) metrics.resets.inc({ reason: 'view' })
    if (at) this.send(resetFrame(this.address, at.epoch, at.rev, 'view'))
    try {
      await this.#sit({ ...(await this.#house.admission.recheck(this.#ask)), since: undefined })
    } catch (error) {
      this.#refuse(error)
    }
  }

  /** Why the ask would be refused now; undefined also where that cannot be told just now. */
  async #refusal(ask: JoinAsk): Promise<Problem | undefined> {
    try {
      await this.#house.admission.recheck(ask)
      return undefined
    } catch (error) {
      return error instanceof Problem && !ERRORS[error.code].retry ? error : undefined
    }
  }

  #refuse(error: unknown): void {
    this.#tell(error)
    this.#end()
  }

  #end(): void {
    if (this.#over) return
    this.leave()
    this.#host.vacated(this)
  }

  #tell(error: unknown): void {
    if (!(error instanceof Problem)) {
      noteMistake(error)
      this.#house.log.error({ err: error, room: this.address }, 'a join failed')
    }
    if (!this.#over) this.#host.outlet.send(problemFrame(error, this.address))
  }

  #next(step: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(step)
    return this.#work
  }
}

/** Refused because the new token is nobody's of the staff: they are somebody all the same. */
function isOfStaffView({ view }: JoinAsk, error: unknown): boolean {
  if (view !== 'staff' || !(error instanceof Problem)) return false
  return error.code === 'forbidden' || error.code === 'sign-in-required'
}
