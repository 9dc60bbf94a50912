import type { ErrorCode } from '@halley/shared'
import type { Setting } from '../setting.ts'
import { tell } from './tell.ts'

/**
 * Does it, and says in the status line where the server refused, or what was done: `after` in words, or that it can
 * be taken back by `undo`. True when it was done.
 */
export async function attempt(
  from: Element,
  setting: Setting,
  act: () => Promise<unknown>,
  after?: string | (() => Promise<unknown>),
): Promise<boolean> {
  const { say } = setting.locale
  // The element may be gone by the time of the answer.
  const root = from.getRootNode() as ShadowRoot
  try {
    await act()
    if (typeof after === 'string') tell(root, after)
    else if (after) {
      const undo = () => void attempt(root.firstElementChild as Element, setting, after)
      tell(root, say('done'), { label: say('undo'), act: undo })
    }
    return true
  } catch (error) {
    const { code } = error as { code?: ErrorCode }
    tell(root, (code && say(code)) || say('notDone'))
    return false
  }
}
