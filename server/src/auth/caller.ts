import type { StaffRole } from '@halley/shared'

export type KeyScope = 'write' | 'moderate' | 'admin'

/**
 * Who is asking, with respect to one site. `poster` is what is stored beside their items: stable for the same
 * person, told to nobody.
 */
export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'guest'; readonly poster: string }
  | {
      readonly kind: 'user'
      readonly poster: string
      readonly name: string
      readonly avatar?: string
      readonly role?: StaffRole
      /** Milliseconds since 1970 at which the token ends. */
      readonly expiresAt: number
      /** The site's secret that vouched for them. */
      readonly kid: string
    }
  | { readonly kind: 'key'; readonly poster: string; readonly scope: KeyScope }
