import type { WordsTable } from './i18n/words.ts'

/** `window.halley`, the only global. A page may make it before the loader runs. */
export interface Halley {
  /**
   * Gives the short-lived JWT that the host's own server signed for its user, or nothing for someone who is not
   * signed in. Asked when a feed opens and again before a token expires.
   */
  getToken?: (site: string) => string | null | undefined | Promise<string | null | undefined>
  /**
   * Words of the owner's own, by language in lower case (`pt`, `pt-br`), also for languages that come with Halley.
   * What a table leaves out is said as Halley says it, in the end in English.
   */
  words?: { readonly [lang: string]: WordsTable }
}
