import { Counter } from 'prom-client'
import type { Logger } from '../logger.ts'
import { Allowance } from './allowance.ts'
import { registry } from './metrics.ts'

const PER_MINUTE = 30
const AT_ONCE = 4
const DEADLINE_MS = 5000

/** A mistake of ours: what kind, and where in our code. Nothing that people typed, no token, no address. */
export interface Mistake {
  readonly where: 'server' | 'widget'
  readonly release: string
  readonly code: string
  /** Places in our files, the innermost first. */
  readonly at: readonly string[]
}

const sent = new Counter({
  name: 'halley_error_reports_total',
  help: 'Reports to ERROR_REPORT_URL: taken, failed, or left out because there were too many',
  labelNames: ['result'],
  registers: [registry],
})

/** What is under way to the collector, and how much more may be. */
class Way {
  readonly allowance = new Allowance(PER_MINUTE)
  flying = 0
}

/** Posts mistakes as JSON to where the operator collects them, so many a minute; nobody waits for it. */
export class ErrorReports {
  readonly #url: string
  readonly #log: Pick<Logger, 'warn'>
  /** What is said in the widget's name must not keep the server's own from being told. */
  readonly #ways = { server: new Way(), widget: new Way() }
  #works = true

  constructor(url: string, log: Pick<Logger, 'warn'>) {
    this.#url = url
    this.#log = log
  }

  send(mistake: Mistake): void {
    const way = this.#ways[mistake.where]
    if (way.flying < AT_ONCE && way.allowance.take(performance.now())) void this.#post(mistake, way)
    else sent.inc({ result: 'left-out' })
  }

  async #post(mistake: Mistake, way: Way): Promise<void> {
    way.flying += 1
    const works = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ product: 'halley', time: new Date().toISOString(), ...mistake }),
      redirect: 'error',
      signal: AbortSignal.timeout(DEADLINE_MS),
    }).then(
      ({ ok }) => ok,
      () => false,
    )
    way.flying -= 1
    sent.inc({ result: works ? 'taken' : 'failed' })
    if (works !== this.#works) this.#log.warn({ works }, 'reports to ERROR_REPORT_URL have changed')
    this.#works = works
  }
}
