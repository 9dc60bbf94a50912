import { createHash } from 'node:crypto'
import { parseText } from '../filters/parse-text.ts'
import { type Line, lineId } from '../ingest/conversation.ts'
import type { LogWriter } from '../log/log.ts'
import type { Outcome } from '../log/outcome.ts'
import type { Room } from '../rooms/room.ts'

/** By whom the demo's items are, as the audit trail has it. */
const BY = 'demo'

/** Posts a line of the evening. Posting it again changes nothing, so that a restarted demo goes on where it was. */
export async function publishLine(
  log: LogWriter,
  room: Room,
  line: Line,
  postedAt?: Date,
): Promise<Outcome['status']> {
  const { author, role, text, highlight, pinned } = line
  const id = lineId(room.address, line)
  const outcome = await log.publish(
    room,
    {
      type: 'post',
      id,
      kind: 'post',
      author: { name: author, ...(role && { role }) },
      ...parseText(text),
      hash: createHash('sha256').update(text).digest('base64url'),
      highlight: highlight === true,
      ...(postedAt && { postedAt: postedAt.toISOString() }),
    },
    BY,
  )
  if (pinned && outcome.status === 'done') await log.publish(room, { type: 'pin', id }, BY)
  return outcome.status
}
