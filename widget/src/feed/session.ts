import type { Credentials } from './api.ts'
import { siteMemory } from './site-memory.ts'

export type GetToken = () => string | null | undefined | Promise<string | null | undefined>

const MINUTE = 60_000

/** Who this reader is to one site: somebody whom the host page vouches for, a guest who has posted, or nobody. */
export class Session implements Credentials {
  readonly memory: ReturnType<typeof siteMemory>
  readonly #getToken: () => GetToken | undefined
  readonly #changed: () => void
  #jwt: string | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `changed` is called when the token was renewed. */
  constructor(site: string, getToken: () => GetToken | undefined, changed: () => void) {
    this.memory = siteMemory(site)
    this.#getToken = getToken
    this.#changed = changed
  }

  get signedIn(): boolean {
    return this.#jwt !== undefined
  }

  header(): string | undefined {
    if (this.#jwt) return `Bearer ${this.#jwt}`
    return this.memory.token && `Guest ${this.memory.token}`
  }

  /** Asks the host page who reads. Its failure makes an anonymous reader, never a broken feed. */
  async renew(): Promise<void> {
    clearTimeout(this.#timer)
    const before = this.#jwt
    try {
      this.#jwt = (await this.#getToken()?.()) || undefined
    } catch {
      this.#jwt = undefined
    }
    if (this.#jwt) this.#timer = setTimeout(() => this.renew(), renewalMs(this.#jwt))
    if (before !== this.#jwt) this.#changed()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}

/** A minute before the end, or at four fifths of a short life; by the token's own times, because clocks differ. */
function renewalMs(jwt: string): number {
  let life = 5 * MINUTE
  try {
    const part = (jwt.split('.')[1] as string).replace(/-/g, '+').replace(/_/g, '/')
    const { exp, iat } = JSON.parse(atob(part))
    life = exp * 1000 - (iat ? iat * 1000 : Date.now())
  } catch {}
  return Math.max(1000, Math.min(life * 0.8, life - MINUTE > 0 ? life - MINUTE : life * 0.8))
}
