import type { ServerFrame } from '@halley/shared'
import WebSocket from 'ws'
import type { JoinAsk } from './admission.ts'

/** Somebody on a connection, for tests that look at what is sent. */
export interface Follower {
  /** All that was sent so far. A request that was refused counts as an `error` frame with the problem's code. */
  readonly frames: ServerFrame[]
  /** Resolves with why it ended, when it has. */
  readonly ended: Promise<string>
  stop(): void
}

export interface FollowOptions {
  readonly origin?: string
}

/** Joins the rooms over one connection and follows them; a poll asks again and again from where it is. */
export type Follow = (url: string, asks: readonly JoinAsk[], options?: FollowOptions) => Follower

export type Transport = 'socket' | 'stream' | 'poll'

export function openSocket(url: string, origin?: string): WebSocket {
  return new WebSocket(`${url.replace(/^http/, 'ws')}/v1/socket`, 'halley.v1', { ...(origin && { origin }) })
}

const socket: Follow = (url, asks, options) => {
  const frames: ServerFrame[] = []
  const connection = openSocket(url, options?.origin)
  connection.on('open', () => {
    for (const ask of asks) connection.send(JSON.stringify({ type: 'join', ...ask }))
  })
  connection.on('message', (data) => frames.push(JSON.parse(data.toString())))
  connection.on('error', () => {})
  const ended = new Promise<string>((resolve) => connection.on('close', (code) => resolve(String(code))))
  return { frames, ended, stop: () => connection.terminate() }
}

const stream: Follow = (url, asks, options) => {
  const frames: ServerFrame[] = []
  const aborter = new AbortController()
  const follow = async (): Promise<string> => {
    const answer = await ask(`${url}/v1/stream`, asks, aborter.signal, options)
    if (!answer.ok) return refused(answer, asks, frames)
    for await (const { data } of readEvents(answer)) if (data !== undefined) frames.push(JSON.parse(data))
    return 'end'
  }
  return { frames, ended: follow().catch((error) => String(error)), stop: () => aborter.abort() }
}

const poll: Follow = (url, asks, options) => {
  const frames: ServerFrame[] = []
  const aborter = new AbortController()
  const follow = async (): Promise<string> => {
    const open = new Map(asks.map((one) => [one.room, one]))
    while (open.size > 0) {
      const answer = await ask(`${url}/v1/poll?wait=20`, [...open.values()], aborter.signal, options)
      if (!answer.ok) return refused(answer, asks, frames)
      for (const frame of ((await answer.json()) as { frames: ServerFrame[] }).frames) {
        frames.push(frame)
        if (frame.type === 'goaway') return 'goaway'
        goOn(open, frame)
      }
    }
    return 'end'
  }
  return { frames, ended: follow().catch((error) => String(error)), stop: () => aborter.abort() }
}

/** The next poll's positions: what was answered is acknowledged by asking on from there. */
function goOn(open: Map<string, JoinAsk>, frame: ServerFrame): void {
  if (frame.type === 'reset' || (frame.type === 'error' && frame.room !== undefined))
    open.delete(frame.room ?? '')
  if (frame.type !== 'joined' && frame.type !== 'changes') return
  const before = open.get(frame.room)
  if (before) open.set(frame.room, { ...before, since: frame.position })
}

function ask(
  address: string,
  joins: readonly JoinAsk[],
  signal: AbortSignal,
  { origin }: FollowOptions = {},
): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...(origin && { origin }) }
  return fetch(address, { method: 'POST', headers, body: JSON.stringify({ joins }), signal })
}

async function refused(answer: Response, asks: readonly JoinAsk[], frames: ServerFrame[]): Promise<string> {
  const { code, detail } = (await answer.json()) as { code: string; detail?: string }
  for (const { room } of asks) frames.push({ type: 'error', room, code, detail: detail ?? '', retry: false })
  return code
}

export interface StreamEvent {
  readonly id: string | undefined
  readonly data: string | undefined
}

/** The blocks of an event stream, as a browser reads them. */
export async function* readEvents(answer: Response): AsyncGenerator<StreamEvent> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const bytes of answer.body as ReadableStream<Uint8Array>) {
    const blocks = (rest + decoder.decode(bytes, { stream: true })).split('\n\n')
    rest = blocks.pop() as string
    for (const block of blocks) yield { id: fieldOf(block, 'id'), data: fieldOf(block, 'data') }
  }
}

function fieldOf(block: string, name: string): string | undefined {
  const line = block.split('\n').find((text) => text.startsWith(`${name}: `))
  return line?.slice(name.length + 2)
}

export const FOLLOW: Readonly<Record<Transport, Follow>> = { socket, stream, poll }
