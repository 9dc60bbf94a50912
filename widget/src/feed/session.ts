import type { GetToken, Identity } from './identity.ts'
import { siteMemory } from './site-memory.ts'

const MINUTE = 60_000
/** Between two tries with a host page that failed, or gave the token again that was to be replaced. */
const RETRY_MS = 5000
/** Timers know no longer ones. */
const LONGEST_MS = 1e9

/** Somebody whom the host page vouches for, or a guest who has posted here before. Readers who are nobody need none. */
export class Session implements Identity {
  readonly memory: ReturnType<typeof siteMemory>
  readonly #getToken: GetToken | undefined
  readonly #renewed: () => void
  #jwt: string | undefined
  /** The last token that the server would not have; what comes right after it is doubted. */
  #refused: string | undefined
  #doubts = false
  #stopped = false
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `renewed` is called when the token has become another one by itself. */
  constructor(site: string, getToken: GetToken | undefined, renewed: () => void) {
    this.memory = siteMemory(site)
    this.#getToken = getToken
    this.#renewed = renewed
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
   * read without any goes on reading.
   */
  async renew(refused?: string): Promise<void> {
    clearTimeout(this.#timer)
    let ms: number | undefined
    let worse = false
    if (refused && refused !== this.#refused) {
      worse = this.#doubts
      this.#refused = refused
      this.#doubts = true
    }
    try {
      this.#jwt = (await this.#getToken?.()) || undefined
    } catch {
      ms = RETRY_MS
    }
    if (!this.#jwt || this.#stopped) return
    const life = renewalMs(this.#jwt)
    // Whoever refused it would be asked again and again.
    if (worse || this.token === this.#refused) {
      this.#jwt = undefined
      ms = RETRY_MS
    }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(async () => {
      this.#doubts = false
      await this.renew()
      this.#renewed()
    }, ms ?? life)
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
