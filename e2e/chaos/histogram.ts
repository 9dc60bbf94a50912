const WIDTH = 60

/** How many moments (in seconds) fall into each second from the first one on, as lines with bars. */
export function histogram(moments: readonly number[]): string {
  const first = Math.min(...moments)
  const counts: number[] = []
  for (const moment of moments) {
    const second = Math.floor(moment - first)
    counts[second] = (counts[second] ?? 0) + 1
  }
  const most = Math.max(...counts.map((count) => count ?? 0))
  return Array.from(counts, (count = 0, second) => {
    const bar = '█'.repeat(Math.round((count / most) * WIDTH))
    return `    ${String(second).padStart(3)} s ${String(count).padStart(5)} ${bar}`
  }).join('\n')
}
