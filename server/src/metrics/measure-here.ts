import { AggregatorRegistry, type MetricObject } from 'prom-client'
import { registry } from './metrics.ts'

/** What this process measures, as it goes to another one. */
export const measureHere = (): Promise<MetricObject[]> => registry.getMetricsAsJSON()

/** What is shown: of this process, or of all that `gather` brings. */
export async function showFigures(gather?: () => Promise<readonly unknown[] | undefined>): Promise<string> {
  const all = await gather?.()
  if (!all) return registry.metrics()
  // Typed as what the registries of single processes say, which is what our own processes send each other.
  return AggregatorRegistry.aggregate(all as MetricObject[][]).metrics()
}
