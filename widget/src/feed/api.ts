import type { Problem } from '@halley/shared'
import { type ApiError, apiError } from './api-error.ts'
import type { Identity } from './identity.ts'

export interface Ask {
  readonly method?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Calls what is below an address. Rejects with an `ApiError` and nothing else. */
export async function askApi<T>(address: string, token: string | undefined, ask: Ask = {}): Promise<T> {
  const { method = 'GET', body, headers } = ask
  let answer: Response | undefined
  let value: unknown
  try {
    answer = await fetch(address, {
      method,
      headers: {
        ...headers,
        ...(token && { authorization: token }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    })
    value = await answer.json()
  } catch {}
  if (!answer) throw apiError('network', true, 0)
  const { ok, status, headers: told } = answer
  if (ok && value) return value as T
  throw apiError(
    ((value as Problem | undefined)?.code ?? 'internal') as ApiError['code'],
    ok || status > 499 || status === 429,
    Number(told.get('retry-after')) * 1000 || 0,
  )
}

/** The same as whoever reads. A token that the server calls expired is renewed once. */
export async function askAs<T>(identity: Identity, address: string, ask?: Ask): Promise<T> {
  try {
    return await askApi(address, identity.token, ask)
  } catch (error) {
    if ((error as ApiError).code !== 'token-expired') throw error
    await identity.renew()
    return askApi(address, identity.token, ask)
  }
}
