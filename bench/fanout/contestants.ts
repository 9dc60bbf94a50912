import { createRequire } from 'node:module'
import type { Dialect } from './load/connect-reader.ts'

export interface Contestant {
  readonly name: string
  /** Version and settings, as the table's reader should know them. */
  readonly about: string
  readonly script: string
  readonly dialect: Dialect
}

const require = createRequire(import.meta.url)
const versionOf = (name: string): string => (require(`${name}/package.json`) as { version: string }).version

/** The first is ours; the others are what its figures are divided by. */
export const CONTESTANTS: readonly Contestant[] = [
  {
    name: 'halley',
    about: 'bus → channel → frame → socket, without HTTP and database',
    script: 'halley.ts',
    dialect: {
      path: '/v1/socket',
      protocol: 'halley.v1',
      hello: '{"type":"join","room":"bench/room"}',
      live: '{"type":"joined"',
    },
  },
  {
    name: 'ws',
    about: `ws ${versionOf('ws')}, perMessageDeflate off, send() to each client`,
    script: 'plain-ws.ts',
    dialect: { path: '/' },
  },
  {
    name: 'socket.io',
    about: `socket.io ${versionOf('socket.io')}, WebSocket only, perMessageDeflate off, io.emit()`,
    script: 'socket-io.ts',
    dialect: {
      path: '/socket.io/?EIO=4&transport=websocket',
      live: '40{',
      answers: { '0{': '40', '2': '3' },
    },
  },
]
