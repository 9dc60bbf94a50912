/** What depends on a number: the forms by the names of `Intl.PluralRules`; `other` stands in for those that are absent. */
export type Plural = { readonly other: string } & Partial<Readonly<Record<Intl.LDMLPluralRule, string>>>

/** What readers are shown. `{n}` is a number. Keys that are codes of errors say what that error means here. */
export interface ReaderWords {
  readonly connecting: string
  readonly reconnecting: string
  readonly offline: string
  readonly failed: string
  readonly 'sign-in-required': string
  readonly forbidden: string
  readonly 'origin-forbidden': string
  readonly 'room-unknown': string
  readonly newItems: Plural
  readonly newest: string
  readonly empty: string
  readonly loading: string
  readonly beginning: string
  readonly edgeFailed: string
  readonly retry: string
  readonly edited: string
  readonly pinned: string
  readonly removed: string
  readonly held: string
  readonly owner: string
  readonly admin: string
  readonly moderator: string
  readonly author: string
  readonly more: string
  readonly signIn: string
  readonly crashed: string
}

/** What those who post and those who run the room are shown as well. */
export interface PosterWords {
  readonly name: string
  readonly message: string
  readonly post: string
  readonly postKeys: string
  readonly signInFirst: string
  readonly 'room-closed': string
  readonly left: Plural
  readonly over: Plural
  readonly sending: string
  readonly waitsForCheck: string
  readonly notSent: string
  readonly network: string
  readonly 'author-required': string
  readonly 'name-reserved': string
  readonly 'too-many-requests': string
  readonly 'edit-window-over': string
  readonly rejected: string
  readonly discard: string
  readonly copyLink: string
  readonly copied: string
  readonly edit: string
  readonly save: string
  readonly cancel: string
  readonly remove: string
  readonly removedNow: string
  readonly removeForGood: string
  readonly restore: string
  readonly pin: string
  readonly unpin: string
  readonly changed: string
  readonly release: string
  readonly done: string
  readonly undo: string
  readonly notDone: string
}

/** One language. */
export interface Words extends ReaderWords, PosterWords {}
export type WordKey = keyof Words
/** What others may add: words that are absent stay English. */
export type WordsTable = { readonly [key in WordKey]?: Words[key] }
