import type { PollAnswer } from '@halley/shared'
import { ask, restarting } from './ask.ts'
import type { Link, Transport } from './transport.ts'

const WAIT_SECONDS = 25
/** After so long it ends, as a stream does, so that a page comes back to a better way once there is one. */
const LONGEST_MS = 300_000

/** All rooms on one request after the other. The first answers at once, so that the reader is known to be live. */
export function openPoll(link: Link): Transport {
  return restarting(async (signal) => {
    let wait = 0
    const began = performance.now()
    while (!signal.aborted) {
      const answer = await ask(link, `v1/poll?wait=${wait}`, signal)
      if (!answer) return
      try {
        const { frames }: PollAnswer = await answer.json()
        if (signal.aborted) return
        link.heard()
        // What was cut short is asked for at once.
        wait = frames.some((frame) => 'more' in frame) ? 0 : WAIT_SECONDS
        for (const frame of frames) link.receive(frame)
        if (performance.now() - began > LONGEST_MS) {
          link.ended({ clean: true })
          return
        }
      } catch {
        if (!signal.aborted) link.ended({})
        return
      }
    }
  })
}
