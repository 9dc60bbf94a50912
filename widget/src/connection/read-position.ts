import type { Position } from '@halley/shared'

/** As `parsePosition`, for what a server said: only that is known to be well-formed, so this is a few bytes. */
export function readPosition(text: string): Position {
  const [epoch = '', rev] = text.split(':')
  return { epoch, rev: Number(rev) }
}
