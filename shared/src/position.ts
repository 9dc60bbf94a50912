/** Where a reader is in a room: which life of its log, and the last change of it that they know. */
export interface Position {
  readonly epoch: string
  readonly rev: number
}

const PATTERN = /^([0-9a-z]{4,16}):(0|[1-9][0-9]{0,15})$/

/** `k3f9:1042`, as it travels. */
export function formatPosition(epoch: string, rev: number): string {
  return `${epoch}:${rev}`
}

/** Reads what `formatPosition` wrote; undefined where the text is anything else or the rev is no safe integer. */
export function parsePosition(text: string): Position | undefined {
  const match = PATTERN.exec(text)
  if (!match) return undefined
  const rev = Number(match[2])
  return Number.isSafeInteger(rev) ? { epoch: match[1] as string, rev } : undefined
}
