import net from 'node:net'

/** "Z", a length of 5, and a byte of state: Postgres has answered everything and waits for us. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5])
const READY_BYTES = 6

/**
 * Connects to Postgres over TCP, and destroys the connection once an answer is due and nothing was heard for
 * `silenceMs`. Postgres itself ends statements that take too long, so silence means that it was stopped, or that the
 * network or the machine is gone; waiting for these would hold the connection, and whoever asked, for ever.
 */
export function watchedSocket(host: string, port: number, silenceMs: number): net.Socket {
  const socket = net.connect({ host, port })
  let timer: NodeJS.Timeout | undefined
  const expectAnswer = () => {
    clearTimeout(timer)
    timer = setTimeout(giveUp, silenceMs).unref()
  }
  const giveUp = () =>
    socket.destroy(Object.assign(new Error('Postgres does not answer'), { code: 'SILENT' }))
  const write = socket.write
  socket.write = function watchedWrite(this: net.Socket, ...args: unknown[]) {
    expectAnswer()
    return Reflect.apply(write, this, args)
  } as typeof socket.write
  socket.on('data', (chunk: Buffer) => {
    const end = chunk.length - READY_BYTES
    if (end >= 0 && chunk.compare(READY, 0, READY.length, end, end + READY.length) === 0) clearTimeout(timer)
    else expectAnswer()
  })
  socket.on('close', () => clearTimeout(timer))
  return socket
}
