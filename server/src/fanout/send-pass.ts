import type { Turns, Work } from './turns.ts'

/** A wait between two passes is never longer than this. */
const LONGEST_WAIT_MS = 20
/** With so many changes due, waiting for more would save nothing: writing their bytes is what costs. */
const ENOUGH_DUE = 64

/**
 * Goes over all members of a channel and gives each one whatever is due to it by then. A member whom the pass has
 * yet to reach gets the newest, so a removal waits for one pass and not for two.
 *
 * Between passes it waits only while the loop falls behind: no sooner after a pass than that pass took, so that a
 * quiet room is never kept waiting and a busy one leaves half of the loop to posts.
 */
export class SendPass<Member> implements Work {
  readonly #turns: Turns
  readonly #members: readonly Member[]
  readonly #deliver: (member: Member) => void
  readonly #onBegin: () => void
  readonly #onEnd: () => void
  #state: 'idle' | 'waiting' | 'running' = 'idle'
  #timer: NodeJS.Timeout | undefined
  #cursor = 0
  #again = false
  #due = 0
  #took = 0
  #ended = 0

  constructor(parts: {
    turns: Turns
    members: readonly Member[]
    deliver: (member: Member) => void
    /** What is due by now reaches everybody in this pass. */
    onBegin?: () => void
    onEnd: () => void
  }) {
    this.#turns = parts.turns
    this.#members = parts.members
    this.#deliver = parts.deliver
    this.#onBegin = parts.onBegin ?? (() => {})
    this.#onEnd = parts.onEnd
  }

  /** So many more changes are due. */
  request(changes: number): void {
    this.#due += changes
    if (this.#state === 'running') {
      if (this.#cursor > 0) this.#again = true
    } else if (this.#state === 'idle' || this.#due >= ENOUGH_DUE) {
      this.#startWhenDue()
    }
  }

  run(until: number): boolean {
    const began = performance.now()
    if (this.#cursor === 0) {
      this.#took = 0
      this.#due = 0
      this.#onBegin()
    }
    let countdown = 16
    let now = began
    while (this.#cursor < this.#members.length) {
      this.#deliver(this.#members[this.#cursor++] as Member)
      if (--countdown > 0) continue
      countdown = 16
      now = performance.now()
      if (now >= until) break
    }
    now = performance.now()
    this.#took += now - began
    if (this.#cursor < this.#members.length) return true
    this.#end(now)
    return false
  }

  /** Members have changed places: one may have been passed over. */
  disturbed(): void {
    if (this.#state === 'running' && this.#cursor > 0) this.#again = true
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#state = 'idle'
    this.#again = false
  }

  #startWhenDue(): void {
    clearTimeout(this.#timer)
    const rest = Math.min(this.#took, LONGEST_WAIT_MS)
    const wait = this.#due >= ENOUGH_DUE ? 0 : this.#ended + rest - performance.now()
    if (wait >= 1) {
      this.#state = 'waiting'
      this.#timer = setTimeout(this.#start, wait)
    } else {
      this.#start()
    }
  }

  readonly #start = (): void => {
    this.#state = 'running'
    this.#cursor = 0
    this.#turns.add(this)
  }

  #end(now: number): void {
    this.#state = 'idle'
    this.#ended = now
    this.#onEnd()
    if (!this.#again) return
    this.#again = false
    this.#startWhenDue()
  }
}
