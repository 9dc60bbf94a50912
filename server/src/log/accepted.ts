import { Problem } from '../problem.ts'
import type { Outcome } from './outcome.ts'

type Accepted = Extract<Outcome, { readonly status: 'done' | 'unchanged' }>

/** What was committed, or stood already; throws the `Problem` that a refusal is told as. */
export function accepted(outcome: Outcome): Accepted {
  if (outcome.status === 'done' || outcome.status === 'unchanged') return outcome
  throw new Problem(outcome.status)
}
