import { Problem } from '../problem.ts'

/** The rev that `If-Match: "12"` asks for; undefined where any will do. Throws `Problem` `bad-request`. */
export function ifMatch(header: string | undefined): number | undefined {
  if (header === undefined || header === '*') return undefined
  const rev = Number(/^"([1-9]\d{0,15})"$/.exec(header)?.[1])
  if (!Number.isSafeInteger(rev))
    throw new Problem('bad-request', 'If-Match must be a rev in quotation marks')
  return rev
}
