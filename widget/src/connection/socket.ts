import type { ServerFrame } from '@halley/shared'
import type { Link, Transport } from './transport.ts'

/** CLOSE_CODES of `@halley/shared` whose `retry` is false (too-large, misuse); a test compares. */
export const FATAL_CLOSES: readonly number[] = [1009, 4100]

/** All rooms on one WebSocket. `given` is one that the loader opened. */
export function openSocket(link: Link, given?: WebSocket): Transport {
  let socket: WebSocket | undefined
  let over = false
  const end = (code?: number) => {
    if (over) return
    close()
    link.ended({ fatal: FATAL_CLOSES.includes(code as number) })
  }
  const close = () => {
    over = true
    socket?.close()
  }
  const opened = () => {
    for (const join of link.joins()) socket?.send(JSON.stringify({ type: 'join', ...join }))
  }
  const start = () => {
    try {
      // One that ended before anybody used it says nothing of the network of now.
      const usable = given && given.readyState < 2
      socket = usable ? given : new WebSocket(`${link.base.replace('http', 'ws')}v1/socket`, 'halley.v1')
      socket.onmessage = ({ data }) => {
        if (!over) receive(link, data)
      }
      socket.onclose = ({ code }) => end(code)
      socket.onopen = opened
      if (socket.readyState === 1) opened()
      if (socket.readyState > 1) end()
    } catch {
      end()
    }
  }
  queueMicrotask(start)
  return {
    get ready() {
      return socket?.readyState === 1
    },
    send(frames) {
      if (socket?.readyState === 1) for (const frame of frames) socket.send(JSON.stringify(frame))
    },
    close,
  }
}

/** What is no JSON is nothing that this version knows. */
export function receive(link: Link, text: string): void {
  let frame: ServerFrame | undefined
  try {
    frame = JSON.parse(text)
  } catch {}
  link.heard()
  if (frame) link.receive(frame)
}
