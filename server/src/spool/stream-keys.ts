import type { RoomId } from '../rooms/room.ts'

/** Rooms are spread over so many streams, each of which is drained by one node at a time. */
export const STREAMS = 64

export function streamOf(room: RoomId): number {
  return room % STREAMS
}

export interface StreamKeys {
  readonly posts: string
  readonly rooms: string
  readonly known: string
  readonly meta: string
  readonly closing: string
  readonly lease: string
  readonly parked: string
  /** Of one post (`room/id`) that was refused. */
  rejected(field: string): string
}

/** All of one stream stands under one hash tag, so that a Redis Cluster has it on one node. */
export function streamKeys(prefix: string, stream: number): StreamKeys {
  const key = (what: string) => `${prefix}:{spool-${stream}}:${what}`
  return {
    posts: key('posts'),
    rooms: key('rooms'),
    known: key('known'),
    meta: key('meta'),
    closing: key('closing'),
    lease: key('lease'),
    parked: key('parked'),
    rejected: (field) => key(`rejected:${field}`),
  }
}
