import type { Follower } from '../connection/follower.ts'
import type { GetToken, Identity } from './identity.ts'
import { siteMemory } from './site-memory.ts'

const MINUTE = 60_000
/** Between two tries with a host page that failed, or gave the token again that was to be replaced. */
const RETRY_MS = 5000
/** A host page that takes longer is not waited for: its reader is nobody until it answers. */
const PATIENCE_MS = 3000
/** Timers know no longer ones. */
const LONGEST_MS = 1e9

/** The feed of whoever it is, and what tells the server that its token has become another one. */
interface Known extends Follower {
  readonly options: {
    readonly connection: { identify(follower: Follower, renewal: boolean): void }
  }
}

/** Somebody whom the host page vouches for, or a guest who has posted here before. Readers who are nobody need none. */
export class Session implements Identity {
  readonly memory: ReturnType<typeof siteMemory>
  readonly #getToken: GetToken | undefined
  readonly #feed: Known
  #jwt: string | null | undefined
  /** The last token that the server would not have; what comes right after it is doubted. */
  #refused: string | undefined
  #doubts = false
  #stopped = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(site: string, getToken: GetToken | undefined, feed: Known) {
    this.memory = siteMemory(site)
    this.#getToken = getToken
    this.#feed = feed
  }

  get signedIn(): boolean {
    return !!this.#jwt
  }

  get own(): ReadonlySet<string> {
    return this.memory.own
  }

  get token(): string | undefined {
    if (this.#jwt) return `Bearer ${this.#jwt}`
    const guest = this.memory.token && `Guest ${this.memory.token}`
    return guest === this.#refused ? undefined : guest
  }

  /**
   * Asks the host page who reads. Its failure makes an anonymous reader, never a broken feed; whoever was known before
   * stays so, and it is asked again. So does a token that was `refused`, where the page has no better one: whoever may
   * read without any goes on reading. Where the page answers too late, the feed then begins again as whoever it says.
   */
  async renew(refused?: string): Promise<void> {
    await new Promise<void>((over) => {
      let late = false
      setTimeout(() => {
        late = true
        over()
      }, PATIENCE_MS)
      this.#ask(refused).then((known) => (known && late ? this.#feed.hear({ type: 'reset' }) : over()))
    })
    if (this.token === this.#refused) this.#jwt = ''
  }

  /** Resolves with whether it is somebody, for whom anybody waits. */
  async #ask(refused?: string): Promise<boolean> {
    clearTimeout(this.#timer)
    let ms: number | undefined
    let worse: boolean | undefined
    if (refused && refused !== this.#refused) {
      worse = this.#doubts
      this.#refused = refused
      this.#doubts = true
    }
    try {
      this.#jwt = await this.#getToken?.()
    } catch {
      ms = RETRY_MS
    }
    // A page that fails is asked on for whoever was somebody, by a token that was good or not.
    if ((!this.#jwt && !(ms && this.#refused)) || this.#stopped) return false
    // Whoever refused it would be asked again and again.
    if (worse || this.token === this.#refused) {
      this.#jwt = ''
      ms = RETRY_MS
    }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(
      async () => {
        this.#doubts = false
        const before = this.token
        await this.renew()
        if (before !== this.token) this.#feed.options.connection.identify(this.#feed, true)
      },
      ms ?? renewalMs(this.#jwt as string),
    )
    return !ms
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }
}

/** At four fifths of its life; by the token's own times, because clocks differ. */
function renewalMs(jwt: string): number {
  let life = 5 * MINUTE
  try {
    const part = (jwt.split('.')[1] as string).replace(/-/g, '+').replace(/_/g, '/')
    const { exp, iat } = JSON.parse(atob(part))
    const ms = (exp - (iat ?? Date.now() / 1000)) * 1000
    // A clock that is wrong says nothing.
    if (ms > 0 && ms < LONGEST_MS) life = ms
  } catch {}
  return life * 0.8
}
