import type { RedisClient } from '../db/open-redis.ts'
import type { Room, Site } from './room.ts'

/** Seconds for which a place is known after it was last looked up, and after which it is written again. */
const LIFE_SECONDS = 3600
const AGAIN_MS = 300_000
const REMEMBERED = 20_000

/**
 * Sites and rooms as they were last found, kept in Redis for processes that begin while the database is away. Nothing
 * waits for it but who would else get no answer.
 */
export class KnownPlaces {
  readonly #redis: RedisClient
  readonly #prefix: string
  /** What this process wrote last. */
  readonly #written = new Map<string, { text: string; at: number }>()

  constructor(redis: RedisClient, prefix: string) {
    this.#redis = redis
    this.#prefix = prefix
  }

  /** Undefined: there is no such room. */
  rememberRoom(address: string, room: Room | undefined): void {
    this.#remember(address, room)
  }

  rememberSite(slug: string, site: Site | undefined): void {
    this.#remember(slug, site)
  }

  /** The room as it was last found; undefined where that is not known. */
  room(address: string): Promise<Room | undefined> {
    return this.#recall(address)
  }

  site(slug: string): Promise<Site | undefined> {
    return this.#recall(slug)
  }

  #remember(name: string, place: Room | Site | undefined): void {
    const text = place ? JSON.stringify(place) : ''
    const last = this.#written.get(name)
    const now = performance.now()
    if (last ? last.text === text && now - last.at < AGAIN_MS : text === '') return
    this.#written.delete(name)
    this.#written.set(name, { text, at: now })
    if (this.#written.size > REMEMBERED) this.#written.delete(this.#written.keys().next().value as string)
    const done = text
      ? this.#redis.set(this.#key(name), text, 'EX', LIFE_SECONDS)
      : this.#redis.del(this.#key(name))
    done.catch(() => this.#written.delete(name))
  }

  async #recall<Place>(name: string): Promise<Place | undefined> {
    const text = await this.#redis.get(this.#key(name)).catch(() => null)
    return text === null ? undefined : (JSON.parse(text) as Place)
  }

  #key(name: string): string {
    return `${this.#prefix}:known:${name}`
  }
}
