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
    this.#recall()
  }

  /** Makes a token for a guest without one, 32 random bytes: nobody who only reads gets any. */
  posted(id: string, asGuest: boolean): void {
    this.#recall()
    this.own = new Set([...this.own, id].slice(-KEPT))
    if (asGuest && !this.token) {
      const bytes = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)))
      this.token = btoa(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '')
    }
    try {
      localStorage.setItem(this.#key, JSON.stringify({ token: this.token, own: [...this.own] }))
    } catch {}
  }

  /** Another tab may have been first, or posted meanwhile. */
  #recall(): void {
    try {
      const { token, own } = JSON.parse(localStorage.getItem(this.#key) as string)
      this.token = token ?? this.token
      this.own = new Set([...this.own, ...own])
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
