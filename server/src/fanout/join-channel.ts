import { LIMITS, type ResetReason } from '@halley/shared'
import { metrics } from '../metrics/metrics.ts'
import { Problem } from '../problem.ts'
import type { Backfill } from './backfill.ts'
import type { Channel } from './channel.ts'
import { resetFrame } from './encode-frame.ts'
import type { Member } from './member.ts'
import type { JoinRequest, Membership } from './membership.ts'
import type { Reader } from './reader.ts'

/**
 * Characters that a join hands out, at most, with what waits for the reader already: whoever has more to catch up reads
 * a page, which is shorter. Each may take three bytes, which is still less than what gets a reader cut off.
 */
const CATCH_UP_CHARACTERS = 262_144

interface JoinParts {
  readonly channel: Channel
  readonly backfill: Backfill
  /** Sees to it that the head is known as of now; false where that is not possible. */
  readonly confirm: () => Promise<boolean>
  /** Resolves when the event loop has time for this. */
  readonly turn: () => Promise<void>
}

/**
 * The one way in. The channel has been listening since before this was called, and its window is the buffer: what is
 * missing before it is read from the log into it, and then everything since, up to this moment, is sent and the
 * reader is live, all in one turn of the event loop, so that nothing can come in between.
 *
 * Nobody gets text that the log had taken back before they asked, however late the news of that is: the head is read
 * after the join began, and the channel brought up to it.
 */
export async function joinChannel(
  { channel, backfill, confirm, turn }: JoinParts,
  request: Omit<JoinRequest, 'room'>,
  reader: Reader,
): Promise<Membership> {
  const { since } = request
  const confirmed = await confirm()
  await channel.caughtUp()
  await turn()
  let reason = reasonToReset(channel, request, reader)
  if (reason === 'not-kept' && since) {
    await backfill.reach(since.rev)
    await channel.caughtUp()
    await turn()
    reason = reasonToReset(channel, request, reader)
    if (reason === 'not-kept') reason = 'too-far'
  }
  if (reason === undefined) return enter(channel, request, reader)
  // Without the log it is not known whether the reader or this node is behind.
  if (reason !== 'too-far' && !confirmed) throw new Problem('unavailable')
  metrics.resets.inc({ reason })
  reader.send(resetFrame(channel.address, channel.head.epoch, channel.head.rev, reason as ResetReason))
  return { leave: () => {} }
}

function reasonToReset(
  channel: Channel,
  { since, view }: Omit<JoinRequest, 'room'>,
  reader: Reader,
): ResetReason | 'not-kept' | undefined {
  if (!channel.exists) throw new Problem('room-unknown')
  if (!since) return undefined
  const { epoch, rev } = channel.head
  if (since.epoch !== epoch) return 'epoch'
  if (since.rev > rev) return 'ahead'
  if (rev - since.rev > LIMITS.catchUpChanges) return 'too-far'
  if (!channel.window.covers(since.rev)) return 'not-kept'
  const characters = channel.window.size(view, since.rev)
  return characters > 0 && characters + reader.queuedBytes() > CATCH_UP_CHARACTERS ? 'too-far' : undefined
}

function enter(channel: Channel, request: Omit<JoinRequest, 'room'>, reader: Reader): Membership {
  const { since, view, may, ack } = request
  const frames = channel.framesFor(view)
  const joined = frames.joined(since?.rev ?? channel.head.rev, may, ack)
  const member: Member = { reader, view, may, at: joined.to, place: -1, beat: 0, behindSince: 0 }
  reader.send(joined.frame)
  while (member.at < channel.window.head) {
    const { frame, to } = frames.changes(member.at)
    reader.send(frame)
    member.at = to
  }
  channel.add(member)
  metrics.joins.inc()
  return {
    leave: () => channel.remove(member),
    isCurrent: (position) => channel.isCurrent(position),
  }
}
