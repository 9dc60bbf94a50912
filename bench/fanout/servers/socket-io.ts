import { Server } from 'socket.io'
import { serveControl } from './control.ts'
import { listen } from './listen.ts'

// As it comes, but for WebSocket alone and without compression, which are its cheapest settings; one `emit` an item.
const { http, port } = await listen()
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false })
serveControl({ port, publish: (item) => void io.emit('item', item) })
