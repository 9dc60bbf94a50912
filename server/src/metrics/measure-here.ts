import { AggregatorRegistry, type MetricObject } from 'prom-client'
import { Problem } from '../problem.ts'
import { registry } from './metrics.ts'

/** What this process measures, as it goes to another one. */
export const measureHere = (): Promise<MetricObject[]> => registry.getMetricsAsJSON()

/**
 * What is shown: of this process, or of all that `gather` brings. Throws `unavailable` where it brings nothing: the
 * counters of this process alone would look as if those of all had begun anew.
 */
export async function showFigures(gather?: () => Promise<readonly unknown[] | undefined>): Promise<string> {
  if (!gather) return registry.metrics()
  const all = await gather()
  if (!all) throw new Problem('unavailable', 'The primary process does not answer')
  // Typed as what the registries of single processes say, which is what our own processes send each other.
  return AggregatorRegistry.aggregate(all as MetricObject[][]).metrics()
}
