import type { GetToken, Identity } from './identity.ts'
import { siteMemory } from './site-memory.ts'

const MINUTE = 60_000

/** Somebody whom the host page vouches for, or a guest who has posted here before. Readers who are nobody need none. */
export class Session implements Identity {
  readonly memory: ReturnType<typeof siteMemory>
  readonly #getToken: GetToken | undefined
  readonly #renewed: () => void
  #jwt: string | undefined
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
    return this.memory.token && `Guest ${this.memory.token}`
  }

  /** Asks the host page who reads. Its failure makes an anonymous reader, never a broken feed. */
  async renew(): Promise<void> {
    clearTimeout(this.#timer)
    try {
      this.#jwt = (await this.#getToken?.()) || undefined
    } catch {
      this.#jwt = undefined
    }
    if (!this.#jwt) return
    this.#timer = setTimeout(async () => {
      await this.renew()
      this.#renewed()
    }, renewalMs(this.#jwt))
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}

/** A minute before the end, or at four fifths of a short life; by the token's own times, because clocks differ. */
export function renewalMs(jwt: string): number {
  let life = 5 * MINUTE
  try {
    const part = (jwt.split('.')[1] as string).replace(/-/g, '+').replace(/_/g, '/')
    const { exp, iat } = JSON.parse(atob(part))
    life = exp * 1000 - (iat ? iat * 1000 : Date.now())
  } catch {}
  return Math.max(1000, Math.min(life * 0.8, life > 5 * MINUTE ? life - MINUTE : life))
}
