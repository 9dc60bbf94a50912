import { readFileSync } from 'node:fs'

/** States of connections as the kernel counts them. */
const ESTABLISHED = '01'
const OVER = '06'
const LISTENING = '0A'

export interface ServerConnection {
  /** Bytes that wait in the kernel, to be sent or to be read. */
  readonly waiting: number
  /** Both ends are there; else only the server still holds it. */
  readonly isWhole: boolean
}

/** Connections of which one end is this port of the loopback address, as the server has them. */
export function connectionsOf(port: number): ServerConnection[] {
  const wanted = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local === wanted && state !== LISTENING && state !== OVER)
    .map(([, , , state, queues]) => {
      const [send, receive] = (queues ?? '0:0').split(':')
      return {
        waiting: Number.parseInt(send ?? '0', 16) + Number.parseInt(receive ?? '0', 16),
        isWhole: state === ESTABLISHED,
      }
    })
}
