import type { Link, Transport } from './transport.ts'

/** Sends all joins by POST. Resolves with the answer when it is a good one; otherwise tells the link and resolves with nothing. */
export async function ask(link: Link, path: string, signal: AbortSignal): Promise<Response | undefined> {
  const joins = link.joins()
  // Nobody to ask for just now: whoever wants something says so by `send`.
  if (!joins.length) return undefined
  try {
    const answer = await fetch(link.base + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ joins }),
      cache: 'no-store',
      signal,
    })
    if (answer.ok && answer.body) return answer
    // Every room was refused, for good or until there is another token; what stands between says no code.
    const refusal = answer.status < 411 && (await answer.json().catch(() => 0))
    if (refusal?.code) {
      for (const { room } of joins)
        link.receive({ type: 'error', room, code: refusal.code, detail: '', retry: false })
      return undefined
    }
    const seconds = Number(answer.headers.get('retry-after'))
    // Anything else says that this way is closed, not that the server is busy.
    const busy = answer.status === 429 || answer.status === 503
    if (!signal.aborted) link.ended(busy ? { afterMs: (seconds || 1) * 1000 } : {})
  } catch {
    if (!signal.aborted) link.ended({})
  }
  return undefined
}

/** A request that is begun again whenever what it asks for has changed. Changes that come together are asked together. */
export function restarting(run: (signal: AbortSignal) => Promise<void>): Transport {
  let abort = new AbortController()
  const start = () => {
    abort.abort()
    abort = new AbortController()
    run(abort.signal)
  }
  let timer = setTimeout(start)
  return {
    ready: true,
    send(frames) {
      if (frames.every(({ type }) => type === 'leave')) return
      clearTimeout(timer)
      timer = setTimeout(start, 100)
    },
    close() {
      clearTimeout(timer)
      abort.abort()
    },
  }
}
