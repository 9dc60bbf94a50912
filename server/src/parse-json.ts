import { Problem } from './problem.ts'

const strict = new TextDecoder('utf-8', { fatal: true })

/** May hold the one key that changes what an object is when it is copied; escapes can spell it too. */
const SUSPECT = /__proto__|\\u/

function refusePrototypes(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new Problem('bad-request', 'a field named __proto__')
  return value
}

/**
 * The one parser for JSON from outside, for bodies as for socket frames. Throws `Problem` `bad-json` (also for bytes
 * that are no UTF-8) and `bad-request` for a field named `__proto__`.
 */
export function parseJson(input: Uint8Array | string): unknown {
  try {
    const text = typeof input === 'string' ? input : strict.decode(input)
    return SUSPECT.test(text) ? JSON.parse(text, refusePrototypes) : JSON.parse(text)
  } catch (error) {
    if (error instanceof Problem) throw error
    throw new Problem('bad-json')
  }
}
