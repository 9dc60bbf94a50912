import type { Problem } from '@halley/shared'
import { ApiError } from './api-error.ts'
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
  } catch {
    if (!answer) throw new ApiError('network', true)
  }
  const { ok, status, headers: told } = answer
  if (ok && value) return value as T
  const code = (value as Problem | undefined)?.code ?? 'internal'
  const seconds = Number(told.get('retry-after')) || 0
  throw new ApiError(code as ApiError['code'], ok || status > 499 || status === 429, seconds * 1000)
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
