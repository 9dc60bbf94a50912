const CR = 13
const LINES = new Set([...'+-:_#,('].map((type) => type.charCodeAt(0)))
const STRINGS = new Set([...'$!='].map((type) => type.charCodeAt(0)))
const PAIRS = '%'.charCodeAt(0)

/**
 * Where the value of Redis's protocol (RESP 2 or 3) ends that begins at `start`; undefined while the rest of it has not
 * come yet.
 */
export function endOfRespValue(data: Buffer, start: number): number | undefined {
  const lineEnd = data.indexOf(CR, start)
  if (lineEnd < 0 || lineEnd + 2 > data.length) return undefined
  const type = data[start] as number
  const next = lineEnd + 2
  if (LINES.has(type)) return next
  const size = Number(data.toString('latin1', start + 1, lineEnd))
  if (STRINGS.has(type)) {
    const end = size < 0 ? next : next + size + 2
    return end <= data.length ? end : undefined
  }
  let at: number | undefined = next
  for (let left = type === PAIRS ? 2 * size : size; left > 0 && at !== undefined; left -= 1) {
    at = endOfRespValue(data, at)
  }
  return at
}

/** Whether it is a message to a subscriber, of whichever sort of subscription. */
export function isMessage(value: Buffer): boolean {
  return /^[*>]\d+\r\n\$\d+\r\n[sp]?message\r\n/.test(value.toString('latin1', 0, 40))
}
