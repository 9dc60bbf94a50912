import { randomBytes } from 'node:crypto'

/** A name for a new life of a room's log: 12 characters of base 32, never the same twice. */
export function newEpoch(): string {
  return Array.from(randomBytes(12), (byte) => (byte % 32).toString(32)).join('')
}
