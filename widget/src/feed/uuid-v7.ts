/** RFC 9562, version 7. Pages may break the clock; uniqueness comes from the 74 random bits. */
export function uuidV7(now: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const time = Math.max(0, Math.trunc(now) || 0)
  for (let at = 0; at < 6; at++) bytes[at] = Math.trunc(time / 2 ** (40 - 8 * at)) % 256
  bytes[6] = ((bytes[6] as number) & 15) | 112
  bytes[8] = ((bytes[8] as number) & 63) | 128
  let hex = ''
  for (const byte of bytes) hex += (byte + 256).toString(16).slice(1)
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
