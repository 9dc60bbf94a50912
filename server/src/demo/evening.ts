import { readFile } from 'node:fs/promises'
import { type Line, readConversation } from '../ingest/conversation.ts'

/** Milliseconds between two items that arrive live: the evening's own pace, hurried and kept within these. */
const HURRY = 8
const SHORTEST_MS = 3_000
const LONGEST_MS = 10_000

export interface Evening {
  /** What is in the room when it opens. */
  readonly before: readonly Line[]
  /** What arrives while one looks on. */
  readonly live: readonly Line[]
}

/** The demo's conversation, about a third of which has not happened yet. */
export async function readEvening(): Promise<Evening> {
  const lines = readConversation(await readFile(new URL('evening.jsonl', import.meta.url), 'utf8'))
  const split = Math.ceil((lines.length * 2) / 3)
  return { before: lines.slice(0, split), live: lines.slice(split) }
}

/** Milliseconds to wait before `next` when `line` has just arrived. */
export function pauseBetween(line: Line, next: Line): number {
  return Math.min(Math.max((next.t - line.t) / HURRY, SHORTEST_MS), LONGEST_MS)
}
