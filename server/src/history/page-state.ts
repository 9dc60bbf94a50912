import type { View } from '@halley/shared'
import type { Head, RoomCounts } from '../log/log.ts'

/** Changes when the same room at the same position would be told in another way. */
const TELLING = '2'

/** What a page shows, beside where the room was when it was read. */
export interface PageState {
  readonly head: Head
  /** Newer items follow, so that posts, which come at the end of a room, leave it as it is. */
  readonly settled: boolean
}

/** True where the page would be read again just as it is. */
export function stands({ head, settled }: PageState, now: RoomCounts): boolean {
  const { epoch, rev } = now.head
  return head.epoch === epoch && head.rev <= rev && head.rev >= (settled ? now.altered : rev)
}

/** Weak, because the same page may say an older position and comes in several encodings. */
export function entityTag(state: PageState, view: View, hidden: ReadonlySet<string> | undefined): string {
  const { head, settled } = state
  return `W/"${TELLING}.${head.epoch}.${head.rev}.${settled ? 'past' : 'newest'}.${whose(view, hidden)}"`
}

const whose = (view: View, hidden: ReadonlySet<string> | undefined): string =>
  hidden && view === 'reader' ? [view, ...[...hidden].sort()].join() : view

const TAG = /"2\.([0-9a-z]{4,16})\.(\d{1,16})\.(past|newest)\.([^"]{0,4000})"/g

/** The tag among those in `If-None-Match` whose page stands as it was told. It says itself where the room was then. */
export function standingTag(
  asked: string,
  now: RoomCounts,
  view: View,
  hidden: ReadonlySet<string> | undefined,
): { readonly tag: string; readonly state: PageState } | undefined {
  for (const [tag, epoch = '', rev, part, seen] of asked.matchAll(TAG)) {
    const state = { head: { epoch, rev: Number(rev) }, settled: part === 'past' }
    if (seen === whose(view, hidden) && stands(state, now)) return { tag: `W/${tag}`, state }
  }
  return undefined
}
