/** What makes a message findable in a stream of bytes: when it was sent, in microseconds, and which one it is. */
const BEGIN = Buffer.from('@T')
const STAMP_DIGITS = 16
const SEQUENCE_DIGITS = 8
export const MARKER_BYTES = BEGIN.length + STAMP_DIGITS + 1 + SEQUENCE_DIGITS + 1

export interface Marker {
  readonly sentAt: number
  readonly sequence: number
}

export function writeMarker(sentAt: number, sequence: number): string {
  const stamp = Math.round(sentAt).toString().padStart(STAMP_DIGITS, '0')
  return `@T${stamp}.${sequence.toString().padStart(SEQUENCE_DIGITS, '0')}@`
}

/** Every marker in `bytes`, whatever is around it. */
export function findMarkers(bytes: Buffer): Marker[] {
  const found: Marker[] = []
  for (let at = bytes.indexOf(BEGIN); at >= 0; at = bytes.indexOf(BEGIN, at + MARKER_BYTES)) {
    const stamp = at + BEGIN.length
    const sequence = stamp + STAMP_DIGITS + 1
    found.push({
      sentAt: digits(bytes, stamp, STAMP_DIGITS),
      sequence: digits(bytes, sequence, SEQUENCE_DIGITS),
    })
  }
  return found
}

function digits(bytes: Buffer, start: number, count: number): number {
  let value = 0
  for (let at = start; at < start + count; at++) value = value * 10 + (bytes[at] as number) - 48
  return value
}
