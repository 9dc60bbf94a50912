import type { Frame } from '../fanout/frame.ts'
import { ownMemory } from '../own-memory.ts'

/** A frame as a block of an event stream that follows one room: its id resumes the stream. */
export function toEventBlock(frame: Frame): Buffer {
  const id = frame.position === undefined ? '' : `id: ${frame.room}@${frame.position}\n`
  return ownMemory(Buffer.from(`${id}data: ${frame.json}\n\n`))
}

/** The same for streams of several rooms, whose ids are theirs alone. */
export function toEventData(frame: Frame): Buffer {
  return ownMemory(Buffer.from(`data: ${frame.json}\n\n`))
}
