import { normalizeIP } from '@fastify/rate-limit'
import { Problem } from '../problem.ts'

/** Seconds after which a peer with too many connections may try again. */
const RETRY_AFTER = 30

/** Those who count as one: an IPv4 address, or the /64 of an IPv6 one. */
export const peerOf = (address: string): string => normalizeIP(address, 64)

/** What each peer has open: sockets, streams and waiting polls. */
export class Peers {
  readonly #open = new Map<string, number>()
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  /** Counts a connection until the answer is called. Throws `Problem` `too-many-requests`. */
  connect(address: string): () => void {
    const peer = peerOf(address)
    const open = this.#open.get(peer) ?? 0
    if (open >= this.#most) throw new Problem('too-many-requests', undefined, RETRY_AFTER)
    this.#open.set(peer, open + 1)
    let connected = true
    return () => {
      if (connected) this.#disconnect(peer)
      connected = false
    }
  }

  #disconnect(peer: string): void {
    const open = (this.#open.get(peer) ?? 1) - 1
    if (open === 0) this.#open.delete(peer)
    else this.#open.set(peer, open)
  }
}
