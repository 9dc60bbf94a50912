import { Problem } from '../problem.ts'

const INSIDE = /^([0-9a-z]{4,16})\.(0|[1-9]\d{0,15})$/

/** Where a page ends, as readers hand it back: opaque to them, `epoch.seq` inside. */
export function formatCursor(epoch: string, seq: number): string {
  return Buffer.from(`${epoch}.${seq}`).toString('base64url')
}

/** Throws `Problem` `bad-cursor` for whatever `formatCursor` did not write. */
export function parseCursor(cursor: string): { readonly epoch: string; readonly seq: number } {
  const match = INSIDE.exec(Buffer.from(cursor, 'base64url').toString('latin1'))
  const seq = Number(match?.[2])
  if (!match || !Number.isSafeInteger(seq) || formatCursor(match[1] as string, seq) !== cursor) {
    throw new Problem('bad-cursor')
  }
  return { epoch: match[1] as string, seq }
}
