import { type Item, parsePosition } from '@halley/shared'
import { WebSocketServer } from 'ws'
import { MemoryBus } from '../../../server/src/bus/memory-bus.ts'
import { Hub } from '../../../server/src/fanout/hub.ts'
import type { LogReader } from '../../../server/src/log/log.ts'
import type { Room } from '../../../server/src/rooms/room.ts'
import type { Admission, Admitted, JoinAsk } from '../../../server/src/transports/admission.ts'
import type { SeatWatch } from '../../../server/src/transports/seat-watch.ts'
import { SocketConnection } from '../../../server/src/transports/socket-connection.ts'
import { serveControl } from './control.ts'
import { listen } from './listen.ts'

// The product's own way from the bus to the socket: channel, window, passes, frames, seats and connections. Left
// out are HTTP, the question of who may read, and the database, whose place a counter takes.
const room = { id: 1, address: 'bench/room' } as unknown as Room
const epoch = 'bench'
let rev = 0

const log = {
  heads: async () => new Map([[room.id, { epoch, rev }]]),
  changesSince: async (_room: unknown, since: number) => ({
    epoch,
    after: since,
    to: rev,
    head: rev,
    changes: [],
  }),
} as unknown as LogReader
const bus = new MemoryBus()
const hub = new Hub({ log, bus, logger: { warn: (...facts: unknown[]) => console.error(...facts) } })
hub.start()

const admit = async (ask: JoinAsk): Promise<Admitted> => ({
  room,
  since: ask.since === undefined ? undefined : parsePosition(ask.since),
  view: 'reader',
  may: ['read'],
  expiresAt: Number.POSITIVE_INFINITY,
})
const house = {
  admission: { admit, recheck: admit } as unknown as Admission,
  join: hub.join,
  watch: { add: () => {}, delete: () => {} } as unknown as SeatWatch,
  log: { error: (...facts: unknown[]) => console.error(...facts) },
}

const { http, port } = await listen()
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false })
http.on('upgrade', (request, raw, head) => {
  sockets.handleUpgrade(request, raw, head, (socket) => {
    const connection = new SocketConnection(socket, request.socket, house, {
      address: '127.0.0.1',
      origin: undefined,
    })
    socket.on('message', (data: Buffer, isBinary) => connection.hear(data, isBinary))
    socket.on('close', () => connection.closed())
  })
})

serveControl({
  port,
  publish: (text) => {
    const item: Item = JSON.parse(text)
    rev += 1
    const change = `{"rev":${rev},"type":"posted","item":${text}}`
    bus.publish(room.id, {
      epoch,
      after: rev - 1,
      to: rev,
      changes: [{ rev, item: item.id, readers: change, staff: change }],
    })
  },
})
