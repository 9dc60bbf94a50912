import { ask, restarting } from './ask.ts'
import { receive } from './socket.ts'
import type { Link, Transport } from './transport.ts'

/** All rooms on one response of Server-Sent Events, read by `fetch` because `EventSource` can neither POST nor come back. */
export function openStream(link: Link): Transport {
  return restarting(async (signal) => {
    const answer = await ask(link, 'v1/stream', signal)
    if (!answer) return
    try {
      const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
      const decoder = new TextDecoder()
      let text = ''
      for (;;) {
        const { done, value } = await reader.read()
        if (signal.aborted) return
        if (done) break
        text += decoder.decode(value, { stream: true })
        const events = text.split(/\r?\n\r?\n/)
        text = events.pop() as string
        for (const event of events) readEvent(link, event)
      }
      link.ended({ clean: true })
    } catch {
      if (!signal.aborted) link.ended({})
    }
  })
}

function readEvent(link: Link, event: string): void {
  const data = event
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5))
  if (data.length) receive(link, data.join('\n'))
  else link.heard()
}
