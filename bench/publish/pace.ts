import { setTimeout as sleep } from 'node:timers/promises'
import { type Spread, spread } from '../flood/spread.ts'

/** So many at once, the next when one is answered; or so many a second, however long answers take. */
export type Pace = { readonly inFlight: number } | { readonly perSecond: number }

export interface Timing {
  readonly pace: Pace
  readonly warmupSeconds: number
  readonly seconds: number
}

/** Times are milliseconds from when it was due to its answer. */
export interface Driven extends Spread {
  /** Answered in the measured time. */
  readonly done: number
  readonly seconds: number
}

/** Calls `send` at a pace, and measures after a while; what fails ends it. `measured` is told of beginning and end. */
export async function drive(
  { pace, warmupSeconds, seconds }: Timing,
  send: (n: number) => Promise<unknown>,
  measured: (moment: 'begins' | 'ends') => void = () => {},
): Promise<Driven> {
  const run = { latencies: [] as number[], measuring: false, ended: false, next: 0 }
  const failed = Promise.withResolvers<never>()
  const one = async (due: number): Promise<void> => {
    await send(run.next++)
    if (run.measuring) run.latencies.push(performance.now() - due)
  }
  const going =
    'inFlight' in pace
      ? Array.from({ length: pace.inFlight }, async () => {
          while (!run.ended) await one(performance.now())
        })
      : [beat(pace.perSecond, run, one)]
  for (const part of going) part.catch(failed.reject)
  await Promise.race([sleep(warmupSeconds * 1000), failed.promise])
  run.measuring = true
  const begun = performance.now()
  measured('begins')
  await Promise.race([sleep(seconds * 1000), failed.promise])
  const took = (performance.now() - begun) / 1000
  run.measuring = false
  measured('ends')
  run.ended = true
  await Promise.all(going)
  const sorted = run.latencies.sort((a, b) => a - b)
  return { done: sorted.length, seconds: took, ...spread(sorted) }
}

/** Whatever is late is sent late and counts from when it was due. */
async function beat(
  perSecond: number,
  run: { readonly ended: boolean },
  one: (due: number) => Promise<void>,
): Promise<void> {
  const begun = performance.now()
  const failed = Promise.withResolvers<never>()
  for (let sent = 0; !run.ended; ) {
    const due = ((performance.now() - begun) * perSecond) / 1000
    for (; sent < due; sent += 1) one(begun + (sent * 1000) / perSecond).catch(failed.reject)
    await Promise.race([sleep(1), failed.promise])
  }
}
