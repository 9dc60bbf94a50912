import type { LogWriter } from '../log/log.ts'
import type { Purger } from './purger.ts'

/**
 * The same door, behind which every change of a public room but a post, whose end pages of the past do not show, has
 * the room's pages purged. What may have been stored counts as stored.
 */
export function purgeOnChange(
  publish: LogWriter['publish'],
  purger: Pick<Purger, 'purge'>,
): LogWriter['publish'] {
  return async (room, request, by, chain) => {
    const isShown = request.type !== 'post' && room.visibility === 'public'
    try {
      const outcome = await publish(room, request, by, chain)
      if (isShown && outcome.status === 'done') purger.purge(room.address)
      return outcome
    } catch (error) {
      if (isShown) purger.purge(room.address)
      throw error
    }
  }
}
