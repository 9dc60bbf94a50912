import type { FastifyRequest } from 'fastify'
import { Problem } from '../problem.ts'
import type { Admitted, JoinAsk, Whence } from './admission.ts'
import type { Connections } from './connections.ts'
import type { Peers } from './peers.ts'
import type { House } from './seat.ts'
import type { UnreadAnswers } from './unread-answers.ts'

/** What every transport's route has at hand. */
export interface Doorway {
  readonly house: House
  readonly connections: Connections
  readonly peers: Peers
  readonly unread: UnreadAnswers
}

export function whenceOf(request: FastifyRequest): Whence {
  // Of a peer that has gone already the address is not known any more.
  return { address: request.ip ?? '', origin: request.headers.origin }
}

/** An ask, and what was decided about it. */
export type Decision = readonly [JoinAsk, Admitted | Problem]

/** So many rooms of one request cost what one join costs: whoever polls asks for them over and over. */
const ROOMS_PER_JOIN = 10

/**
 * Decides all joins of one request. Throws a `Problem` where every one is refused: that the site has gone only where that
 * is true of all of them, because whoever hears it never asks again.
 */
export async function admitAll(
  { house }: Doorway,
  asks: readonly JoinAsk[],
  whence: Whence,
): Promise<Decision[]> {
  const decisions: Decision[] = []
  let over: Problem | undefined
  for (let at = 0; at < asks.length; at += ROOMS_PER_JOIN) {
    const some = asks.slice(at, at + ROOMS_PER_JOIN)
    const told = over ? some.map(() => over as Problem) : await house.admission.admitTogether(some, whence)
    decisions.push(...some.map((ask, index): Decision => [ask, told[index] as Admitted | Problem]))
    // Whoever has asked too much has nothing more looked up.
    over ??= told.find((one) => one instanceof Problem && one.code === 'too-many-requests') as
      | Problem
      | undefined
  }
  const refused = decisions.map(([, decision]) => decision).filter((decision) => decision instanceof Problem)
  if (refused.length === decisions.length)
    throw refused.find(({ code }) => code !== 'site-gone') ?? refused[0]
  return decisions
}
