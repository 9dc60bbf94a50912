import type { Problem } from '@halley/shared'
import type { ApiError } from './api-error.ts'
import type { Identity } from './identity.ts'

/** What `fetch` is told beside who asks. */
export interface Ask extends Omit<RequestInit, 'headers' | 'body'> {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

/** A line that broke without a word is known by nothing but that no answer comes. */
const PATIENCE_MS = 30_000

/** Calls what is below an address. Rejects with an `ApiError` and nothing else. */
export async function askApi<T>(address: string, token: string | undefined, ask?: Ask): Promise<T> {
  let answer: Response | undefined
  let value: unknown
  try {
    answer = await fetch(address, {
      signal: AbortSignal.timeout?.(PATIENCE_MS),
      ...ask,
      headers: { ...ask?.headers, ...(token && { authorization: token }) },
    } as RequestInit)
    value = await answer.json()
  } catch {}
  if (answer?.ok && value) return value as T
  const status = answer?.status ?? 0
  throw Object.assign(new Error(), {
    code: answer ? ((value as Problem | undefined)?.code ?? 'internal') : 'network',
    retry: status < 300 || status > 499 || status === 429,
    afterMs: Number(answer?.headers.get('retry-after')) * 1000 || 0,
  }) as ApiError
}

/** The same as whoever reads. A token that the server refuses is renewed once. */
export async function askAs<T>(identity: Identity, address: string, ask?: Ask): Promise<T> {
  const { token } = identity
  try {
    return await askApi(address, token, ask)
  } catch (error) {
    if (!/^token/.test((error as ApiError).code)) throw error
    await identity.renew(token)
    return askApi(address, identity.token, ask)
  }
}
