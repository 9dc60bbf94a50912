/** One thing that grows, and what it takes with it: each line as factors of its first point. */
export interface Panel {
  readonly title: string
  readonly values: readonly number[]
  readonly lines: readonly { readonly name: string; readonly factors: readonly number[] }[]
}

const [WIDTH, HEIGHT, LEFT, TOP, GAP] = [150, 150, 40, 50, 34]
/** Doublings from the bottom to the top. */
const [LOWEST, HIGHEST] = [-2, 5]
const STYLE = `
  text { font: 11px system-ui, sans-serif; fill: #333 }
  .title { font-weight: 600 }
  .grid { stroke: #8884; stroke-width: 1 }
  .same { stroke: #888; stroke-dasharray: 3 4; fill: none }
  .line { fill: none; stroke-width: 2 }
  .c0 { stroke: #b3261e } .c1 { stroke: #1a66b8 } .c2 { stroke: #2e7d32 }
  .d1 { stroke-dasharray: 6 3 } .d2 { stroke-dasharray: 2 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd }
    .c0 { stroke: #ff8a80 } .c1 { stroke: #82b1ff } .c2 { stroke: #8fd694 }
  }`

const round = (n: number): string => n.toFixed(1)
const short = (value: number): string => (value < 1000 ? `${value}` : `${value / 1000}k`)
const y = (factor: number): number => {
  const doublings = Math.min(HIGHEST, Math.max(LOWEST, Math.log2(factor)))
  return TOP + HEIGHT * (1 - (doublings - LOWEST) / (HIGHEST - LOWEST))
}

/**
 * Small charts side by side, both axes in doublings; the dotted line is what grows in proportion. Readable on light and
 * on dark, and told apart without colours.
 */
export function growthChart(panels: readonly Panel[]): string {
  const width = LEFT + panels.length * (WIDTH + GAP)
  const height = TOP + HEIGHT + 34
  const names = panels[0]?.lines.map(({ name }) => name) ?? []
  const legend = names.map((name, n) => {
    const x = LEFT + n * 170
    return `<path class="line c${n} d${n}" d="M${x} 14h24"/><text x="${x + 30}" y="18">${name}</text>`
  })
  const axis = [0.5, 1, 2, 4, 8, 16].map(
    (factor) => `<text x="${LEFT - 6}" y="${round(y(factor) + 4)}" text-anchor="end">${factor}×</text>`,
  )
  const parts = panels.map((panel, n) => drawPanel(panel, LEFT + n * (WIDTH + GAP)))
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" ` +
    `aria-label="What doubling costs"><style>${STYLE}\n</style>\n${[...legend, ...axis, ...parts].join('\n')}\n</svg>\n`
  )
}

function drawPanel({ title, values, lines }: Panel, left: number): string {
  const x = (n: number): number => left + (WIDTH * n) / Math.max(1, values.length - 1)
  const path = (factors: readonly number[]): string =>
    factors.map((factor, n) => `${n ? 'L' : 'M'}${round(x(n))} ${round(y(factor))}`).join('')
  const grid = [0.5, 1, 2, 4, 8, 16].map(
    (factor) => `<path class="grid" d="M${left} ${round(y(factor))}h${WIDTH}"/>`,
  )
  const proportion = values.map((value) => value / (values[0] as number))
  return [
    `<text class="title" x="${left}" y="${TOP - 8}">${title}</text>`,
    ...grid,
    `<path class="same" d="${path(proportion)}"/>`,
    ...lines.map(({ factors }, n) => `<path class="line c${n} d${n}" d="${path(factors)}"/>`),
    ...values.map((value, n) => {
      const anchor = n === 0 ? 'start' : n === values.length - 1 ? 'end' : 'middle'
      return `<text x="${round(x(n))}" y="${TOP + HEIGHT + 18}" text-anchor="${anchor}">${short(value)}</text>`
    }),
  ].join('\n')
}
