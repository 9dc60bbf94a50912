import type { RoomId } from '../rooms/room.ts'

/** A post that waits for the log. What is in `payload` is its writer's business; it comes back as it was. */
export interface SpooledPost {
  readonly room: RoomId
  readonly id: string
  /** Who posted it, as stored beside items. */
  readonly poster: string
  /** Of the post as it was sent, by which a repeat is told from another post with its id. */
  readonly hash: string
  readonly payload: string
}

/** Seconds for which the poster of a refused post is told so. */
export const REJECTED_SECONDS = 86_400

/** What becomes of a spooled post: `later` keeps it where it is, and everything of its room behind it. */
export type Fate =
  | { readonly is: 'stored' | 'later' }
  | { readonly is: 'rejected'; readonly code: string }
  /** A fault of ours that this post meets, or of the post, never of the database: after some tries it is put aside for a person. */
  | { readonly is: 'failed'; readonly why: string }

/** The name of a post among all of a stream. */
export function fieldOf({ room, id }: Pick<SpooledPost, 'room' | 'id'>): string {
  return `${room}/${id}`
}

/** What is known of one that waits: its hash, which has no blanks, and its poster. */
export function printOf({ hash, poster }: Pick<SpooledPost, 'hash' | 'poster'>): string {
  return `${hash} ${poster}`
}

export function posterIn(print: string): string {
  return print.slice(print.indexOf(' ') + 1)
}

/** The post in an entry of a stream, as Redis gives its fields, and why it was put aside, where it was. */
export function readEntry(fields: readonly string[]): SpooledPost & { readonly why: string } {
  const of = new Map(fields.flatMap((name, at) => (at % 2 ? [] : [[name, fields[at + 1] ?? '']])))
  const field = of.get('field') ?? ''
  const print = of.get('print') ?? ''
  return {
    why: of.get('why') ?? '',
    room: Number(of.get('room')) as RoomId,
    id: field.slice(field.indexOf('/') + 1),
    hash: print.slice(0, print.indexOf(' ')),
    poster: posterIn(print),
    payload: of.get('post') ?? '',
  }
}
