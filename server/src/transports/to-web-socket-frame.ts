import type { Frame } from '../fanout/frame.ts'

const TEXT_FINAL = 0x81

/**
 * A frame as one unmasked, final WebSocket text frame (RFC 6455, 5.2). Made once per frame through `encodedBy`, it is
 * written to the raw sockets of all readers as it is.
 */
export function toWebSocketFrame(frame: Frame): Buffer {
  const length = Buffer.byteLength(frame.json)
  const start = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const bytes = Buffer.allocUnsafeSlow(start + length)
  bytes[0] = TEXT_FINAL
  if (start === 2) {
    bytes[1] = length
  } else if (start === 4) {
    bytes[1] = 126
    bytes.writeUInt16BE(length, 2)
  } else {
    bytes[1] = 127
    bytes.writeUInt32BE(0, 2)
    bytes.writeUInt32BE(length, 6)
  }
  bytes.write(frame.json, start)
  return bytes
}
