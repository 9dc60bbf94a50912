import { peerOf } from './peers.ts'

/** Characters that wait for one peer to read them, and for all of them: each answer is a copy of its own. */
const OF_A_PEER = 16_777_216
const OF_ALL = 134_217_728

/** What one poll has gathered that was not read yet. */
export interface Held {
  /** More than this is not to be handed out: the peer, or all together, leave too much unread. */
  readonly isTooMuch: boolean
  add(characters: number): void
  release(): void
}

/** What polls have gathered and their askers have not read to the end. */
export class UnreadAnswers {
  readonly #byPeer = new Map<string, number>()
  #all = 0

  /** Characters, of everybody. */
  get size(): number {
    return this.#all
  }

  /** For one poll; to be released when its answer was read, or will not be. */
  hold(address: string): Held {
    const peer = peerOf(address)
    const change = (characters: number): void => {
      const now = (this.#byPeer.get(peer) ?? 0) + characters
      if (now === 0) this.#byPeer.delete(peer)
      else this.#byPeer.set(peer, now)
      this.#all += characters
    }
    const isFull = (): boolean => this.#all > OF_ALL || (this.#byPeer.get(peer) ?? 0) > OF_A_PEER
    let own = 0
    return {
      get isTooMuch() {
        return isFull()
      },
      add(characters) {
        own += characters
        change(characters)
      },
      release() {
        change(-own)
        own = 0
      },
    }
  }
}
