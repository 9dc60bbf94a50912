import type { Ability } from '@halley/shared'
import type { FeedActions } from '../feed/feed-view.ts'
import type { Locale } from '../i18n/locale.ts'

/** What every component of one feed shares. A new object exactly when one of these changes: rows compare it by identity. */
export interface Setting {
  readonly locale: Locale
  readonly actions: FeedActions
  readonly may: readonly Ability[]
}
