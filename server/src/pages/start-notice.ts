import type { DemoPages } from './host-pages.ts'

/** What is printed once the server listens. `origin` has no slash at its end. */
export function startNotice(facts: {
  readonly origin: string
  readonly demo: DemoPages
  /** Where the data is, in words. */
  readonly data: string
}): string {
  const { origin, demo, data } = facts
  const rows: [string, string][] = [
    ...(demo === 'none' ? [] : [['The page to open', `${origin}/`] satisfies [string, string]]),
    ...(demo === 'all' ? [['As moderator', `${origin}/moderator`] satisfies [string, string]] : []),
    ['API reference', `${origin}/docs`],
    ['The data', data],
  ]
  const width = Math.max(...rows.map(([what]) => what.length))
  const lines = rows.map(([what, where]) => `    ${what.padEnd(width)}   ${where}`)
  return ['', `  Halley is ready on ${origin}`, '', ...lines, '', '  Ctrl-C stops it.', ''].join('\n')
}
