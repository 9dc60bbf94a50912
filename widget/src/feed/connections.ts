import { Connection } from '../connection/connection.ts'

const connections = new Map<string, Connection>()

/** The page's one connection to a server. `socket` is what the loader opened, if this is the first to come. */
export function connectionTo(base: string, socket?: WebSocket): Connection {
  const connection = connections.get(base) ?? new Connection(base, socket)
  connections.set(base, connection)
  return connection
}
