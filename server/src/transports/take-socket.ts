import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Sends the head of an answer without an end, with the `first` of its body in one go, and takes the socket over from
 * Node's HTTP, which would keep request, response and parser for as long as it is open: more memory than all the rest of
 * a reader. For Node and Fastify the exchange is finished, and then the socket is closed: what listens to these lets go
 * of everything by itself. Header values and `first` are Latin-1.
 */
export function takeSocket(
  response: ServerResponse,
  headers: Iterable<readonly [string, unknown]>,
  first: string,
): Socket {
  const socket = response.socket as Socket
  response.emit('finish')
  const closers = socket.listeners('close')
  socket.removeAllListeners()
  for (const close of closers) close.call(socket)
  socket.setTimeout(0)
  socket.on('error', ignore)
  socket.on('data', ignore)
  socket.on('end', destroy)
  let head = `HTTP/1.1 200 ${STATUS_CODES[200]}\r\ndate: ${new Date().toUTCString()}\r\n`
  for (const [name, value] of headers) head += `${name}: ${value}\r\n`
  socket.write(`${head}\r\n${first}`, 'latin1')
  return socket
}

/** After an error comes `close`; and nobody who reads a stream has anything more to say. */
function ignore(): void {}

function destroy(this: Socket): void {
  this.destroy()
}
