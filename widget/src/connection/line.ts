import type { ErrorFrame, JoinFrame, Position, ServerFrame } from '@halley/shared'
import type { Follower, LineStatus, News } from './follower.ts'
import { readPosition } from './read-position.ts'

/** A head that stays ahead of us for so long was not just overtaken by its own changes. */
const BEHIND_MS = 1500
const RETRY_MS = 2000

/** Whoever moderates speaks for all on the page who follow a room, then whoever can say who reads. */
function knowsMore(one: Pick<Follower, 'token' | 'view'>, other: Pick<Follower, 'token' | 'view'>): boolean {
  if (one.view !== other.view) return one.view === 'staff'
  return !!one.token && one.token !== other.token
}

/** A follower whose page is there. */
type Ready = Follower & { position: Position }

type Joined = Extract<ServerFrame, { type: 'joined' }>

/**
 * One room on the connection, for all who follow it on this page. It keeps the rule that makes a hole impossible: a
 * frame is taken only where its `after` is not above what a follower has, else the room is joined again from there.
 */
export class Line {
  readonly followers = new Set<Follower>()
  /** What the server was told. */
  told: 'nothing' | 'asked' | 'joined' = 'nothing'
  heartbeatMs = 0
  /** Where the server has taken us. */
  #reached = 0
  #joined: Joined['may'] = []
  /** As whom it was joined. */
  #told: Pick<Follower, 'token' | 'view'> = { token: undefined, view: 'reader' }
  /** Refused for good, or until a moment has passed. */
  #quiet = false
  #status: LineStatus = { state: 'connecting' }
  /** Lets the connection say what there is to say. */
  readonly #wake: () => void

  constructor(wake: () => void) {
    this.#wake = wake
  }

  /** The join from where the one who knows least is; none where nobody is ready. */
  join(): Omit<JoinFrame, 'type'> | undefined {
    const ready = this.#ready()
    if (this.#quiet || !ready[0]) return undefined
    const { room, token, view } = ready.reduce((one, other) => (knowsMore(other, one) ? other : one))
    const { epoch, rev } = ready
      .map(({ position }) => position)
      .reduce((one, other) => (other.rev < one.rev ? other : one))
    this.told = 'asked'
    this.#told = { token, view }
    // What is undefined is left out by JSON.
    return {
      room,
      since: `${epoch}:${rev}`,
      token,
      view: view === 'staff' ? view : undefined,
    } as Omit<JoinFrame, 'type'>
  }

  /** A follower has its position: the room goes on for it, or is joined from there. */
  ready(follower: Ready): void {
    if (this.told !== 'joined') {
      // Who was refused may be somebody else than who asks now.
      this.#quiet &&= !knowsMore(follower, this.#told)
      if (this.#quiet) follower.hear({ type: 'status', status: this.#status })
      else this.#wake()
    } else if (knowsMore(follower, this.#told) || follower.position.rev < this.#reached) this.again()
    else this.#greet(follower)
  }

  receive(frame: ServerFrame): void {
    switch (frame.type) {
      case 'joined':
        this.#onJoined(frame)
        break
      case 'changes':
        if (this.#onChanges(frame) && this.told === 'joined') this.again()
        break
      case 'head':
        this.#onHead(readPosition(frame.position))
        break
      case 'reset':
        this.told = 'nothing'
        for (const follower of this.followers) follower.position = undefined
        this.#tell({ type: 'reset' })
        break
      case 'error':
        this.#onError(frame)
    }
  }

  /** Has the room joined anew, also after it was refused. */
  again(): void {
    this.#quiet = false
    this.told = 'nothing'
    this.#wake()
  }

  announce(status: LineStatus): void {
    if (this.#status.state === 'failed' && this.#quiet) return
    this.#status = status
    this.#tell({ type: 'status', status })
  }

  #tell(news: News): void {
    for (const follower of this.followers) follower.hear(news)
  }

  #ready(): Ready[] {
    return [...this.followers].filter((follower): follower is Ready => !!follower.position)
  }

  #greet(follower: Follower): void {
    follower.hear({ type: 'joined', may: this.#joined })
    follower.hear({ type: 'status', status: this.#status })
  }

  #onJoined(frame: Joined): void {
    this.told = 'joined'
    this.heartbeatMs = frame.heartbeatMs
    this.#joined = frame.may
    this.#status = { state: 'live' }
    const gap = this.#onChanges(frame)
    for (const follower of this.#ready()) this.#greet(follower)
    if (gap) this.again()
  }

  /** True where somebody misses what lies before this frame. */
  #onChanges({ changes, after, position: text }: Pick<Joined, 'changes' | 'after' | 'position'>): boolean {
    const position = readPosition(text)
    let gap = false
    this.#reached = position.rev
    for (const follower of this.#ready()) {
      const { epoch, rev } = follower.position
      if (epoch !== position.epoch) {
        // Of another life of the room, as one may be that was out of the page meanwhile: the others go on.
        const away: Follower = follower
        away.position = undefined
        away.hear({ type: 'reset' })
      } else if (after > rev) gap = true
      else if (position.rev >= rev) {
        follower.position = position
        follower.hear({ type: 'changes', changes: changes.filter((change) => change.rev > rev) })
      }
    }
    return gap
  }

  #onHead(head: Position): void {
    const behind = () =>
      this.told === 'joined' &&
      this.#ready().some(({ position: { epoch, rev } }) => epoch !== head.epoch || rev < head.rev)
    if (behind()) setTimeout(() => behind() && this.again(), BEHIND_MS)
  }

  #onError({ code, retry, afterMs }: ErrorFrame): void {
    if (code === 'unknown-frame') return
    this.again()
    if (code === 'not-joined') return
    if (/^token/.test(code)) this.#tell({ type: 'expired' })
    else if (retry) {
      this.announce({ state: 'reconnecting', offline: false })
      setTimeout(() => this.again(), (afterMs || RETRY_MS) * (1 + Math.random()))
    } else this.announce({ state: 'failed', code: code as 'internal' })
    this.#quiet = true
  }
}
