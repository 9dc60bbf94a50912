import { availableParallelism } from 'node:os'

/** One variable of the environment, as it is read and as it is documented. */
export interface Variable<T> {
  /** As text, for the documentation. */
  readonly fallback: string
  readonly means: string
  /** Throws an `Error` whose message goes on from the variable's name. */
  readonly read: (text: string | undefined) => T
}

export function whole(fallback: number, min: number, max: number, means: string): Variable<number> {
  const read = (text: string | undefined): number => {
    if (text === undefined) return fallback
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= min && value <= max)) throw new Error(`must be a whole number from ${min} to ${max}`)
    return value
  }
  return { fallback: String(fallback), means, read }
}

export function oneOf<T extends string>(fallback: T, values: readonly T[], means: string): Variable<T> {
  const read = (text: string | undefined): T => {
    if (text === undefined) return fallback
    if (!values.includes(text as T)) throw new Error(`must be one of ${values.join(', ')}`)
    return text as T
  }
  return { fallback, means: `${means} (${values.join(', ')})`, read }
}

export function address(
  schemes: readonly string[],
  fallback: string,
  means: string,
): Variable<string | undefined> {
  const read = (text: string | undefined): string | undefined => {
    if (text === undefined) return undefined
    if (!URL.canParse(text) || !schemes.includes(new URL(text).protocol)) {
      throw new Error(`must be an address that begins with ${schemes.map((s) => `${s}//`).join(' or ')}`)
    }
    return text
  }
  return { fallback, means, read }
}

const REDIS = /^rediss?(\+cluster)?:\/\/[^/]/

/** One Redis, or a Cluster: several addresses with commas between, or one whose scheme says so. */
export function redisAddress(means: string): Variable<string | undefined> {
  const read = (text: string | undefined): string | undefined => {
    const addresses = text?.split(',').map((one) => one.trim())
    if (addresses?.every((one) => REDIS.test(one) && URL.canParse(one)) === false) {
      throw new Error('must be redis:// or rediss:// addresses with commas between, or one redis+cluster://')
    }
    return addresses?.join(',')
  }
  return { fallback: 'none', means, read }
}

/** Several of `values`, with commas between; all of them where nothing is set. */
export function someOf<T extends string>(values: readonly T[], means: string): Variable<ReadonlySet<T>> {
  const read = (text: string | undefined): ReadonlySet<T> => {
    if (text === undefined) return new Set(values)
    const named = text.split(',').map((name) => name.trim())
    if (!named.every((name) => values.includes(name as T)))
      throw new Error(`must be some of ${values.join(', ')}, with commas between`)
    return new Set(named as T[])
  }
  return { fallback: values.join(','), means, read }
}

export function word(fallback: string, means: string): Variable<string> {
  return { fallback, means, read: (text) => text ?? fallback }
}

/** A number of processes, or one for each core that this process may use. */
export function processes(means: string): Variable<number> {
  const number = whole(1, 1, 256, means)
  return {
    ...number,
    read: (text) => {
      if (text === 'auto') return availableParallelism()
      try {
        return number.read(text)
      } catch (error) {
        throw new Error(`${(error as Error).message}, or auto`)
      }
    },
  }
}

export const secretKey: Variable<string | undefined> = {
  fallback: 'made in DATA_DIR',
  means: 'Encrypts stored signing secrets; at least 32 characters, the same on every node',
  read(text) {
    if (text !== undefined && Buffer.byteLength(text) < 32)
      throw new Error('must have at least 32 characters')
    return text
  },
}

/** Sent as it is, so nothing that a header cannot carry. */
export const purgeToken: Variable<string | undefined> = {
  fallback: 'none',
  means: 'What is sent to PURGE_URL as `Authorization: Bearer`',
  read(text) {
    if (text !== undefined && !/^[\x21-\x7e]+$/.test(text))
      throw new Error('must be of visible ASCII characters')
    return text
  },
}

export const metricsToken: Variable<string | undefined> = {
  fallback: 'none',
  means:
    'Who says `Authorization: Bearer` and this may read `/metrics`; at least 16 characters. Without it there is no such page',
  read(text) {
    if (text !== undefined && text.length < 16) throw new Error('must have at least 16 characters')
    return text
  },
}

/** Hops are named, not counted: a count believes whoever connects to us directly. */
export const trustProxy: Variable<false | string[]> = {
  fallback: 'none',
  means:
    'Proxies in front, whose forwarded addresses are believed: addresses and networks with commas between',
  read(text) {
    if (text === undefined || text === 'none') return false
    const list = text.split(',').map((part) => part.trim())
    const named = /^(loopback|linklocal|uniquelocal|[0-9a-fA-F]*[.:][0-9a-fA-F.:]*(\/\d{1,3})?)$/
    if (!list.every((part) => named.test(part))) {
      throw new Error(
        'must be addresses or networks with commas between, or loopback, linklocal, uniquelocal',
      )
    }
    return list
  },
}

/** A folder; undefined where nothing is set. */
export function folder(fallback: string, means: string): Variable<string | undefined> {
  return { fallback, means, read: (text) => text }
}
