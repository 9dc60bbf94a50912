import { WebSocketServer } from 'ws'
import { serveControl } from './control.ts'
import { listen } from './listen.ts'

// The broadcast of the documentation of `ws`, without compression: for each item, for each client, `send`.
const { http, port } = await listen()
const sockets = new WebSocketServer({ server: http, perMessageDeflate: false })
serveControl({
  port,
  publish: (item) => {
    for (const client of sockets.clients) if (client.readyState === client.OPEN) client.send(item)
  },
})
