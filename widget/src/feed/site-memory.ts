/** Ids of own items that are remembered, newest last. */
const KEPT = 200

/** What this browser remembers of one site: the guest's token and what it posted. In memory where storage is blocked. */
class SiteMemory {
  readonly #key: string
  token: string | undefined
  /** Another set with each post. */
  own: ReadonlySet<string> = new Set()

  constructor(site: string) {
    this.#key = `halley:${site}`
    try {
      const { token, own } = JSON.parse(localStorage.getItem(this.#key) ?? '{}')
      if (typeof token === 'string') this.token = token
      this.own = new Set(own)
    } catch {}
  }

  /** 32 random bytes, made when they are first needed: nobody who only reads gets a token. */
  makeToken(): string {
    if (!this.token) {
      const bytes = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)))
      this.token = btoa(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '')
      this.#save()
    }
    return this.token
  }

  posted(id: string): void {
    this.own = new Set([...this.own, id].slice(-KEPT))
    this.#save()
  }

  #save(): void {
    try {
      localStorage.setItem(this.#key, JSON.stringify({ token: this.token, own: [...this.own] }))
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
