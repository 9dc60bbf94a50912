import type { Logger } from 'pino'
import type { Bus } from './bus/bus.ts'
import { RedisBus } from './bus/redis-bus.ts'
import type { Config } from './config.ts'

/** The bus over Redis; undefined where there is none, and processes of one node have to do. */
export function openBus(
  { redisUrl }: Pick<Config, 'redisUrl'>,
  prefix: string,
  logger: Pick<Logger, 'warn'>,
): Bus | undefined {
  return redisUrl === undefined ? undefined : new RedisBus({ url: redisUrl, prefix, logger })
}
