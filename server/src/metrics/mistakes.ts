import { Counter } from 'prom-client'
import project from '../../../package.json' with { type: 'json' }
import type { ErrorReports, Mistake } from './error-reports.ts'
import { registry } from './metrics.ts'

/** Anybody may say anything to us: what becomes a label is bounded. */
const RELEASES = 20
const CODES = 100
const OTHER = 'other'

const counted = new Counter({
  name: 'halley_exceptions_total',
  help: 'Mistakes of ours, by where they happened, release and kind',
  labelNames: ['where', 'release', 'code'],
  registers: [registry],
})
/** Those of the widget are whatever anybody says: they leave the server's own alone. */
const known = {
  server: { releases: new Set<string>(), codes: new Set<string>() },
  widget: { releases: new Set([project.version]), codes: new Set<string>() },
}
let reports: ErrorReports | undefined

/** From now on mistakes are posted as well; undefined ends that. */
export function reportMistakes(to: ErrorReports | undefined): void {
  reports = to
}

export function countMistake(mistake: Mistake): void {
  const { where } = mistake
  const { releases, codes } = known[where]
  const release = bounded(releases, RELEASES, mistake.release)
  counted.inc({ where, release, code: bounded(codes, CODES, mistake.code) })
  reports?.send(mistake)
}

/** Counts what was thrown here and should not have been. */
export function noteMistake(error: unknown): void {
  const { name, code, stack } = (error instanceof Error ? error : {}) as Partial<Error & { code: unknown }>
  const kind = typeof code === 'string' && /^\w{1,40}$/.test(code) ? code : (name ?? 'Error')
  countMistake({ where: 'server', release: project.version, code: kind, at: placesIn(stack ?? '') })
}

/** Our own files with lines; a message, which may quote what people typed, is left out. */
function placesIn(stack: string): string[] {
  const frames = stack.split('\n').filter((line) => line.startsWith('    at '))
  return frames.flatMap((line) => /[\w.-]+\.ts:\d+:\d+/.exec(line)?.[0] ?? []).slice(0, 10)
}

function bounded(known: Set<string>, most: number, value: string): string {
  if (!known.has(value) && known.size >= most) return OTHER
  known.add(value)
  return value
}
