/**
 * The same bytes in memory of just their size, for what is kept: a short text is otherwise a part of a block of 64 KB
 * (`Buffer.poolSize`), and what zlib makes of one of 16 KB, which stays for as long as that part does.
 */
export function ownMemory(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength === bytes.length) return bytes
  const own = Buffer.allocUnsafeSlow(bytes.length)
  bytes.copy(own)
  return own
}
