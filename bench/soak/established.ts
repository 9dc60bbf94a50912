import { readFileSync } from 'node:fs'

const ESTABLISHED = '01'

/** Connections to a port of 127.0.0.1 of which both ends are there; one that only the server still holds is none. */
export function established(port: number): number {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, address, , state]) => address === local && state === ESTABLISHED).length
}
