/** What was measured at regular moments, and how much of its mean it may gain from first to last. */
export interface Series {
  readonly name: string
  readonly values: readonly number[]
  readonly mostShare: number
  /** Less than this is nothing, whatever the share. */
  readonly nothing: number
}

export interface Verdict {
  readonly name: string
  readonly mean: number
  /** From the first to the last moment, by the straight line through all. */
  readonly growth: number
  readonly most: number
  readonly isFlat: boolean
}

/** How long a process takes to become what it then stays: not counted. */
const WARMING_UP = 0.2

/** Leaks grow with time and noise does not, so the slope of the line of least squares judges. */
export function judge({ name, values, mostShare, nothing }: Series): Verdict {
  const counted = values.slice(Math.ceil(values.length * WARMING_UP))
  const mean = counted.reduce((sum, value) => sum + value, 0) / counted.length
  const middle = (counted.length - 1) / 2
  const up = counted.reduce((sum, value, n) => sum + (n - middle) * (value - mean), 0)
  const across = counted.reduce((sum, _, n) => sum + (n - middle) ** 2, 0)
  const growth = across === 0 ? 0 : (up / across) * (counted.length - 1)
  const most = Math.max(mean * mostShare, nothing)
  return { name, mean, growth, most, isFlat: growth <= most }
}
