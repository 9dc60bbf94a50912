import type { RoomNews } from '../bus/bus.ts'

/** News that is kept for its turn, at most: what is lost beyond it, the log has. */
const EARLY_LIMIT = 1024

/** Puts news that may come twice, late or out of order into the order of revs. */
export class NewsSequence {
  #head = 0
  #reach = 0
  readonly #early = new Map<number, RoomNews>()

  /** The rev up to which everything has come. */
  get head(): number {
    return this.#head
  }

  /** The highest rev heard of; above `head` something is missing. */
  get reach(): number {
    return this.#reach
  }

  /** News that waits for its turn. */
  early(): Iterable<RoomNews> {
    return this.#early.values()
  }

  restart(head: number): void {
    this.#head = head
    this.#reach = head
    this.#early.clear()
  }

  /** There is said to be a change `rev`. */
  hearOf(rev: number): void {
    this.#reach = Math.max(this.#reach, rev)
  }

  /** Nothing more is expected than what has come. */
  settle(): void {
    this.#reach = this.#head
    this.#early.clear()
  }

  /** Returns what is now in order, which may be nothing or more than `news`. */
  offer(news: RoomNews): RoomNews[] {
    this.hearOf(news.to)
    if (news.to <= this.#head) return []
    if (news.after > this.#head) {
      if (this.#early.size < EARLY_LIMIT) this.#early.set(news.after, news)
      return []
    }
    this.#head = news.to
    return [news, ...this.#whatFollows()]
  }

  #whatFollows(): RoomNews[] {
    const following: RoomNews[] = []
    if (this.#early.size === 0) return following
    for (const news of [...this.#early.values()].sort((a, b) => a.after - b.after)) {
      if (news.after > this.#head) break
      this.#early.delete(news.after)
      if (news.to <= this.#head) continue
      this.#head = news.to
      following.push(news)
    }
    return following
  }
}
