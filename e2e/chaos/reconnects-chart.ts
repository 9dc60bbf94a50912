/** Moments in seconds, of one run, and what the run was. */
export interface Reconnects {
  readonly title: string
  readonly moments: readonly number[]
}

const [WIDTH, HEIGHT, LEFT, TOP, GAP] = [640, 90, 40, 26, 44]
const STYLE = `
  text { font: 11px system-ui, sans-serif; fill: #333 }
  .title { font-weight: 600 }
  .axis { stroke: #888; stroke-width: 1 }
  .bar { fill: #1a66b8 }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd }
    .bar { fill: #82b1ff }
  }`

/** How many moments fall into each second, counted from the first one. */
export function bySecond(moments: readonly number[]): number[] {
  const first = moments.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const counts: number[] = []
  for (const moment of moments) {
    const second = Math.floor(moment - first)
    counts[second] = (counts[second] ?? 0) + 1
  }
  return Array.from(counts, (count = 0) => count)
}

/** One below the other, a bar for each second. Readable on light and on dark. */
export function reconnectsChart(runs: readonly Reconnects[]): string {
  const longest = Math.max(...runs.map(({ moments }) => bySecond(moments).length))
  const panels = runs.map((run, n) => drawPanel(run, TOP + n * (HEIGHT + GAP), longest))
  const size = `0 0 ${LEFT + WIDTH + 10} ${TOP + runs.length * (HEIGHT + GAP)}`
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${size}" role="img" ` +
    `aria-label="Readers who joined again, by the second"><style>${STYLE}\n</style>\n${panels.join('\n')}\n</svg>\n`
  )
}

function drawPanel({ title, moments }: Reconnects, top: number, seconds: number): string {
  const counts = bySecond(moments)
  const most = Math.max(...counts)
  const [wide, foot] = [WIDTH / seconds, top + HEIGHT]
  const bars = counts.map((count, second) => {
    const height = (HEIGHT * count) / most
    const place = `x="${(LEFT + second * wide).toFixed(1)}" y="${(foot - height).toFixed(1)}"`
    return (
      count && `<rect class="bar" ${place} width="${(wide * 0.8).toFixed(1)}" height="${height.toFixed(1)}"/>`
    )
  })
  const marks = Array.from({ length: Math.floor(seconds / 20) + 1 }, (_, n) => {
    const x = (LEFT + n * 20 * wide).toFixed(1)
    return `<text x="${x}" y="${foot + 14}" text-anchor="middle">${n * 20} s</text>`
  })
  return [
    `<text class="title" x="${LEFT}" y="${top - 8}">${title}</text>`,
    `<text x="${LEFT - 6}" y="${top + 9}" text-anchor="end">${most}</text>`,
    ...bars.filter(Boolean),
    `<path class="axis" d="M${LEFT} ${foot}h${WIDTH}"/>`,
    ...marks,
  ].join('\n')
}
