import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { IpcPort } from './ipc-port.ts'
import { NewsRelay } from './news-relay.ts'
import { WorkerBus } from './worker-bus.ts'

const LEG = fileURLToPath(new URL('./test-leg.ts', import.meta.url))

export interface WorkerBuses {
  readonly relay: NewsRelay
  readonly buses: readonly WorkerBus[]
  /** Breaks the channel of one of them, as when its process dies. */
  cut(index: number): void
  stop(): void
}

/** For tests: so many ends of a node's bus in this process, joined by real channels between processes that run. */
export async function workerBuses(count: number): Promise<WorkerBuses> {
  const relay = new NewsRelay()
  const legs = Array.from({ length: count }, () => fork(LEG, { serialization: 'advanced' }))
  // It hands this back once it has started; what is timed begins then.
  for (const leg of legs) leg.send({ from: 'nobody' })
  await Promise.all(legs.map((leg) => once(leg, 'message')))
  const buses = legs.map((leg) => {
    relay.add(new IpcPort(endOf(leg, 'relay')))
    return new WorkerBus(new IpcPort(endOf(leg, 'worker')))
  })
  return {
    relay,
    buses,
    cut: (index) => void legs[index]?.disconnect(),
    stop: () => {
      for (const leg of legs) leg.kill()
    },
  }
}

/** Both ends are here: each hears what the other one has sent through the process between them. */
function endOf(leg: ChildProcess, name: 'relay' | 'worker'): ChildProcess {
  const end = {
    get connected() {
      return leg.connected
    },
    send: (message: object, callback: (error: Error | null) => void) =>
      leg.send({ from: name, message }, callback),
    on: (event: string, listener: (message?: unknown) => void) =>
      event === 'message'
        ? leg.on('message', (passed: { from: string; message: unknown }) => {
            if (passed.from !== name) listener(passed.message)
          })
        : leg.on(event, listener),
  }
  return end as unknown as ChildProcess
}
