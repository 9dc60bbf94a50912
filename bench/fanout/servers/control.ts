import { createServer, type Server } from 'node:net'

/** What every server under test is told over a connection of its own, a line for each thing to publish. */
export interface UnderTest {
  /** Sends one item, which is JSON, to every reader. */
  publish(item: string): void
  /** Where readers connect. */
  readonly port: number
}

/** Answers the load generator: `?` asks for the CPU time used so far, any other line is published. */
export function serveControl(server: UnderTest): void {
  const control: Server = createServer((socket) => {
    let rest = ''
    socket.setEncoding('utf8').setNoDelay(true)
    socket.on('data', (data: string) => {
      const lines = (rest + data).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line === '?') socket.write(`${JSON.stringify(process.cpuUsage())}\n`)
        else server.publish(line)
      }
    })
    socket.on('error', () => {})
  })
  // Ends by itself, so that a profile of it is written.
  process.once('SIGTERM', () => process.exit(0))
  control.listen(0, '127.0.0.1', () => {
    const address = control.address()
    if (address === null || typeof address === 'string') throw new Error('no port to be controlled at')
    process.stdout.write(`${JSON.stringify({ port: server.port, control: address.port })}\n`)
  })
}
