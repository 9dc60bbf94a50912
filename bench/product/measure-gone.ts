import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { halley } from '../../e2e/parts/command-line.ts'
import { Stage } from './open-stage.ts'

/** A view of a page with a tag whose site has gone: what every browser asks for, and what one asks that has no cache. */
type View = 'a request' | 'a request and a socket'

export interface GoneFigures {
  readonly view: View
  /** Shares of a core. */
  readonly nodes: number
  readonly postgres: number
  readonly p99: number
}

const HANDSHAKE = [
  'GET /v1/socket HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: halley.v1',
  '\r\n',
].join('\r\n')

/** What tags cost that nobody takes out of their pages, so many views a second. */
export async function measureGone(perSecond: number, seconds: number): Promise<GoneFigures[]> {
  const stage = await Stage.open({ nodes: 1, rooms: 1 })
  try {
    const [room = ''] = stage.rooms
    const [node] = stage.nodes
    if (!node) throw new Error('no node')
    await halley(node, 'site', 'delete', room.split('/')[0] as string)
    const address = `${node.url}/v1/rooms/${room}/items?limit=50`
    while ((await fetch(address)).status !== 410) await sleep(50)
    const ask = async (): Promise<void> => {
      const answer = await fetch(address)
      await answer.arrayBuffer()
      if (answer.status !== 410) throw new Error(`answered ${answer.status}`)
    }
    const both = async (): Promise<void> => {
      await Promise.all([ask(), openAndClose(node.port)])
    }
    const idle = await measure(stage, 0, seconds, ask)
    const figures: GoneFigures[] = []
    for (const [view, act] of [
      ['a request', ask],
      ['a request and a socket', both],
    ] as const) {
      const busy = await measure(stage, perSecond, seconds, act)
      figures.push({
        view,
        p99: busy.p99,
        nodes: busy.nodes - idle.nodes,
        postgres: busy.postgres - idle.postgres,
      })
    }
    return figures
  } finally {
    await stage.close()
  }
}

async function measure(stage: Stage, perSecond: number, seconds: number, act: () => Promise<void>) {
  const before = stage.used()
  const begun = performance.now()
  const times: number[] = []
  const underWay: Promise<void>[] = []
  while (performance.now() < begun + seconds * 1000) {
    const due = ((performance.now() - begun) / 1000) * perSecond
    while (underWay.length < due) {
      const at = performance.now()
      underWay.push(act().then(() => void times.push(performance.now() - at)))
    }
    await sleep(2)
  }
  await Promise.all(underWay)
  const after = stage.used()
  const took = (performance.now() - begun) / 1000
  times.sort((a, b) => a - b)
  return {
    nodes: (after.nodes - before.nodes) / took,
    postgres: (after.postgres - before.postgres) / took,
    p99: times[Math.floor(times.length * 0.99)] ?? Number.NaN,
  }
}

/** As the tag does: the socket is on its way before the answer says that nothing will come. */
function openAndClose(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(HANDSHAKE))
    socket.once('data', () => socket.destroy())
    socket.once('error', reject)
    socket.once('close', () => resolve())
  })
}
