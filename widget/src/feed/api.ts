import type { Problem } from '@halley/shared'
import { ApiError } from './api-error.ts'

/** What goes after `Authorization: `, and how to get another one when the server calls it expired. */
export interface Credentials {
  header(): string | undefined
  renew(): Promise<unknown>
}

export interface Ask {
  readonly method?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * Calls one room's API. `path` is what follows `/v1/rooms/site/room`.
 * Rejects with an `ApiError` and nothing else; an expired token is renewed once.
 */
export type Api = <T>(path: string, ask?: Ask) => Promise<T>

export function roomApi(base: string, room: string, credentials: Credentials): Api {
  const once = async <T>(path: string, { method = 'GET', body, headers }: Ask): Promise<T> => {
    const authorization = credentials.header()
    let answer: Response
    let text: string
    try {
      answer = await fetch(`${base}v1/rooms/${room}${path}`, {
        method,
        headers: {
          ...headers,
          ...(authorization && { authorization }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      text = await answer.text()
    } catch {
      throw new ApiError('network', true)
    }
    let value: unknown
    try {
      value = JSON.parse(text || '{}')
    } catch {}
    if (answer.ok && value) return value as T
    throw asError(answer, value as Problem | undefined)
  }
  return async (path, ask = {}) => {
    try {
      return await once(path, ask)
    } catch (error) {
      if ((error as ApiError).code !== 'token-expired') throw error
      await credentials.renew()
      return once(path, ask)
    }
  }
}

/** Status 5xx and 429 may be tried again; the table of codes is too dear for the download. */
function asError(answer: Response, problem: Problem | undefined): ApiError {
  const retry = answer.ok || answer.status >= 500 || answer.status === 429
  const seconds = Number(answer.headers.get('retry-after')) || 0
  return new ApiError((problem?.code as ApiError['code']) || 'internal', retry, seconds * 1000)
}
