import type { Frame } from '../fanout/frame.ts'

/** A frame as a block of an event stream that follows one room: its id resumes the stream. */
export function toEventBlock(frame: Frame): Buffer {
  const id = frame.position === undefined ? '' : `id: ${frame.room}@${frame.position}\n`
  return toBytes(`${id}data: ${frame.json}\n\n`)
}

/** The same for streams of several rooms, whose ids are theirs alone. */
export function toEventData(frame: Frame): Buffer {
  return toBytes(`data: ${frame.json}\n\n`)
}

/** In memory of just their size: rooms keep frames, and a part of the pool's 64 KB would keep all of these. */
function toBytes(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text))
  bytes.write(text)
  return bytes
}
