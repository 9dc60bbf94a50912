/** Ids of own items that are remembered, newest last. */
const KEPT = 200

interface Remembered {
  token?: string
  own: string[]
}

/** What this browser remembers of one site: the guest's token and what it posted. In memory where storage is blocked. */
class SiteMemory {
  readonly #key: string
  #value: Remembered = { own: [] }
  /** Another set with each post. */
  own: ReadonlySet<string> = new Set()

  constructor(site: string) {
    this.#key = `halley:${site}`
    try {
      const { token, own } = JSON.parse(localStorage.getItem(this.#key) ?? '{}')
      this.#value = { ...(typeof token === 'string' && { token }), own: Array.isArray(own) ? own : [] }
      this.own = new Set(this.#value.own)
    } catch {}
  }

  get token(): string | undefined {
    return this.#value.token
  }

  /** 32 random bytes, made when they are first needed: nobody who only reads gets a token. */
  makeToken(): string {
    if (!this.#value.token) {
      const bytes = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)))
      this.#save({
        ...this.#value,
        token: btoa(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, ''),
      })
    }
    return this.#value.token as string
  }

  posted(id: string): void {
    this.#save({ ...this.#value, own: [...this.#value.own, id].slice(-KEPT) })
  }

  #save(value: Remembered): void {
    this.#value = value
    this.own = new Set(value.own)
    try {
      localStorage.setItem(this.#key, JSON.stringify(value))
    } catch {}
  }
}

const memories = new Map<string, SiteMemory>()

/** One for all rooms of a site on the page, or two of them would make a token each. */
export function siteMemory(site: string): SiteMemory {
  const memory = memories.get(site) ?? new SiteMemory(site)
  memories.set(site, memory)
  return memory
}
