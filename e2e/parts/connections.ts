import type { ServerFrame } from '@halley/shared'
import WebSocket from 'ws'

export interface JoinPlace {
  readonly room: string
  readonly since: string | undefined
  readonly token: string | undefined
  readonly view: 'staff' | undefined
}

/** Joins one room over one connection and tells each frame; resolves or rejects when the connection has ended. */
export type Connection = (
  url: string,
  join: JoinPlace,
  hear: (frame: ServerFrame) => void,
  signal: AbortSignal,
) => Promise<void>

export type Transport = 'socket' | 'stream' | 'poll'

const socket: Connection = (url, join, hear, signal) =>
  new Promise((resolve, reject) => {
    const connection = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/socket`, 'halley.v1', {
      handshakeTimeout: 3000,
    })
    const end = (): void => connection.terminate()
    signal.addEventListener('abort', end, { once: true })
    connection.on('open', () => connection.send(JSON.stringify({ type: 'join', ...join })))
    connection.on('message', (data) => hear(JSON.parse(data.toString()) as ServerFrame))
    connection.on('error', reject)
    connection.on('close', () => {
      signal.removeEventListener('abort', end)
      resolve()
    })
  })

const stream: Connection = async (url, join, hear, signal) => {
  const answer = await post(`${url}/v1/stream`, join, signal)
  let rest = ''
  const decoder = new TextDecoder()
  for await (const bytes of answer.body as ReadableStream<Uint8Array>) {
    const blocks = (rest + decoder.decode(bytes, { stream: true })).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const lines = block.split('\n').filter((line) => line.startsWith('data:'))
      const data = lines.map((line) => line.replace(/^data: ?/, '')).join('\n')
      if (data) hear(JSON.parse(data) as ServerFrame)
    }
  }
}

/** One request and its answer: who is still interested asks again from the position that it led to. */
const poll: Connection = async (url, join, hear, signal) => {
  const answer = await post(`${url}/v1/poll?wait=10`, join, signal)
  const { frames } = (await answer.json()) as { frames: ServerFrame[] }
  for (const frame of frames) hear(frame)
}

async function post(address: string, join: JoinPlace, signal: AbortSignal): Promise<Response> {
  const answer = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ joins: [join] }),
    signal,
  })
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
  return answer
}

export const CONNECTIONS: Readonly<Record<Transport, Connection>> = { socket, stream, poll }
