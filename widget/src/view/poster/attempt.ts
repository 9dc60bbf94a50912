import type { ErrorCode } from '@halley/shared'
import type { Setting } from '../setting.ts'
import { tell } from './tell.ts'

/**
 * Does it, and says in the status line where the server refused, or what was done: `after` in words, or that it can
 * be taken back by `undo`. Undefined when it was done, else why it was not.
 */
export async function attempt(
  from: Element,
  setting: Setting,
  act: () => Promise<unknown>,
  after?: string | (() => Promise<unknown>),
): Promise<string | undefined> {
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
    return
  } catch (error) {
    const { code = 'internal' } = error as { code?: ErrorCode }
    tell(root, say(code) || say('notDone'))
    return code
  }
}
