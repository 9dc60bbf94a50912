import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A bare HTTP server on a free port of the loopback address: whoever is under test takes its upgrades. */
export async function listen(): Promise<{ http: Server; port: number }> {
  const http = createServer((_request, response) => response.writeHead(404).end())
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', 4096, resolve))
  return { http, port: (http.address() as AddressInfo).port }
}
