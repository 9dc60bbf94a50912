export type GetToken = () => string | null | undefined | Promise<string | null | undefined>

/** Who reads, as far as the site is told. */
export interface Identity {
  readonly signedIn: boolean
  /** As after `Authorization: `. */
  readonly token: string | undefined
  /** Ids of items that this browser posted to the site. */
  readonly own: ReadonlySet<string>
  /** `refused`: the token that the server would not have. */
  renew(refused?: string): Promise<void>
  stop(): void
}

/** Someone who only reads: the site is told nothing, and nothing is stored. */
export const NOBODY: Identity = {
  signedIn: false,
  token: undefined,
  own: new Set(),
  renew: async () => {},
  stop() {},
}

/** Whether this browser has posted to the site before; false where storage is blocked. */
export function isKnown(site: string): boolean {
  try {
    return !!localStorage.getItem(`halley:${site}`)
  } catch {
    return false
  }
}
