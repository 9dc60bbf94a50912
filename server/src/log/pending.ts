import type { Room } from '../rooms/room.ts'
import type { ChangeRequest } from './change-request.ts'
import type { Chain } from './log.ts'
import type { Outcome } from './outcome.ts'

/** A change request that waits to be written, or for the answer. */
export interface Pending {
  /** Tells it from the others of this process. */
  readonly n: number
  readonly room: Room
  readonly request: ChangeRequest
  readonly by: string
  /** As `append_changes` reads it. */
  readonly json: string
  /** Milliseconds on the process's clock. */
  readonly since: number
  readonly chain: Chain | undefined
  resolve(outcome: Outcome): void
  reject(error: unknown): void
}

let count = 0

/** Takes a request in: the promise is what its caller waits for. */
export function toPending(
  room: Room,
  request: ChangeRequest,
  by: string,
  chain?: Chain,
): { pending: Pending; outcome: Promise<Outcome> } {
  count = (count + 1) % 2 ** 31
  const n = count
  const { promise: outcome, resolve, reject } = Promise.withResolvers<Outcome>()
  const json = encodeRequest(n, room, request, by)
  return {
    pending: { n, room, request, by, json, since: performance.now(), chain, resolve, reject },
    outcome,
  }
}

/** The item that a request is about; undefined for those about the room itself. */
export function itemOf(request: ChangeRequest): string | undefined {
  return request.type === 'room' ? undefined : request.id
}

function encodeRequest(n: number, room: Room, request: ChangeRequest, by: string): string {
  const common = { n, room: room.id, by }
  if (request.type === 'post') {
    const { evenIfClosed, held, postedAt, arrivedAt: _, ...post } = request
    const flags = { held: held === true, force: evenIfClosed === true }
    return JSON.stringify({ ...post, ...common, ...flags, posted_at: postedAt })
  }
  if (request.type === 'room') return JSON.stringify({ ...request, ...common })
  const { ifRev, ...change } = request
  return JSON.stringify({ ...change, ...common, if_rev: ifRev })
}
