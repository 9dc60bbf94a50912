/** A server's environment with this answers `metricsOf`. */
export const MEASURED = { METRICS_TOKEN: 'of the end-to-end tests, and of nothing else' }

/** What a server measures now: by name with labels, as `/metrics` writes them. */
export async function metricsOf({ url }: { readonly url: string }): Promise<ReadonlyMap<string, number>> {
  const headers = { authorization: `Bearer ${MEASURED.METRICS_TOKEN}` }
  const answer = await fetch(`${url}/metrics`, { headers })
  if (!answer.ok) throw new Error(`/metrics answered ${answer.status}`)
  return parseMetrics(await answer.text())
}

/** What a text in Prometheus form says, by name with labels. */
export function parseMetrics(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ')
      return [line.slice(0, space), Number(line.slice(space + 1))]
    }),
  )
}
