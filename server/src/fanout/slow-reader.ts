import type { Member } from './member.ts'

/** Bytes waiting to leave for one reader, at most. */
const QUEUE_BYTES = 1_048_576
/** More than this is waiting only for a reader who does not keep up … */
const BEHIND_BYTES = 65_536
/** … and may be so for this long. */
const BEHIND_MS = 20_000

/** Whether a member is to be cut off: nobody waits for the slowest, and what is queued for one is bounded. */
export function isTooSlow(member: Member, now: number): boolean {
  const queued = member.reader.queuedBytes()
  if (queued <= BEHIND_BYTES) {
    member.behindSince = 0
    return false
  }
  if (member.behindSince === 0) member.behindSince = now
  return queued > QUEUE_BYTES || now - member.behindSince > BEHIND_MS
}
