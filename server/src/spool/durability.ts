import type { Redis } from 'ioredis'
import type { Logger } from '../logger.ts'
import { Problem } from '../problem.ts'
import { findKeeping, type Keeping } from './keeping.ts'
import type { SpoolLink } from './spool-link.ts'

/** Settings may be changed while Redis runs, so it is asked again this often. */
const ASK_AGAIN_MS = 5000
const ASK_SOON_MS = 250
/** Milliseconds that one `WAITAOF` waits, which is less than the connection does, and how often it is repeated. */
const WAIT_MS = 700
const WAITS = 4
const RETRY_AFTER = 2

/** Knows whether Redis keeps what it acknowledges, and waits for that where it has to be asked for. */
export class Durability {
  readonly #link: SpoolLink
  readonly #logger: Pick<Logger, 'warn' | 'info'>
  readonly #ticker: NodeJS.Timeout
  #keeping: Keeping | undefined
  #told: string | undefined
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  constructor(link: SpoolLink, logger: Pick<Logger, 'warn' | 'info'>) {
    this.#link = link
    this.#logger = logger
    link.redis.on('ready', this.#ask)
    link.redis.on('close', () => {
      this.#keeping = undefined
    })
    this.#ticker = setInterval(this.#ask, ASK_AGAIN_MS)
  }

  get isKnown(): boolean {
    return this.#keeping !== undefined
  }

  get keeps(): boolean {
    return this.#keeping !== undefined && this.#keeping.by !== 'nothing'
  }

  /** The answer, once what was written will outlive Redis. Throws `Problem` `unavailable` or `outcome-unknown`. */
  async write(act: () => Promise<unknown>): Promise<unknown> {
    const answer = await act().catch((error: unknown) => {
      throw new Problem(isRefusal(error) ? 'unavailable' : 'outcome-unknown', undefined, RETRY_AFTER)
    })
    if (this.#keeping?.by !== 'always') await this.#sync()
    return answer
  }

  close(): void {
    clearInterval(this.#ticker)
  }

  readonly #ask = (): void => {
    if (this.#link.redis.status !== 'ready') return
    const again = () => setTimeout(this.#ask, ASK_SOON_MS).unref()
    findKeeping(this.#link.redis).then(this.#learn, again)
  }

  readonly #learn = (keeping: Keeping): void => {
    this.#keeping = keeping
    const told = keeping.by === 'nothing' ? keeping.why : ''
    if (told === this.#told) return
    this.#told = told
    if (told)
      this.#logger.warn(
        `REDIS CANNOT KEEP POSTS (${told}): while Postgres is away posts are refused with 503 instead of queued. ` +
          'Set appendonly yes, appendfsync always and maxmemory-policy noeviction.',
      )
    else this.#logger.info({ by: keeping.by }, 'Redis keeps posts while Postgres is away')
  }

  /** One wait serves all that was written before it began: a connection that waits does nothing else meanwhile. */
  #sync(): Promise<void> {
    if (!this.#running) {
      this.#running = this.#wait().finally(() => {
        this.#running = undefined
      })
      return this.#running
    }
    this.#next ??= this.#running
      .catch(() => {})
      .then(() => {
        this.#next = undefined
        return this.#sync()
      })
    return this.#next
  }

  async #wait(): Promise<void> {
    const redis = this.#link.redis as Redis
    for (let left = WAITS; left > 0; left -= 1) {
      const answer = await redis.call('WAITAOF', 1, 0, WAIT_MS).catch(() => [0])
      if (Number((answer as number[])[0]) >= 1) return
    }
    throw new Problem('outcome-unknown', undefined, RETRY_AFTER)
  }
}

/** Redis said no, or was not asked: nothing of it was kept. */
function isRefusal(error: unknown): boolean {
  const { name, message } = error as Error
  return name === 'ReplyError' || message.includes('enableOfflineQueue')
}
