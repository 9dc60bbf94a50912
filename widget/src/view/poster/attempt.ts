import type { ErrorCode } from '@halley/shared'
import type { Setting } from '../setting.ts'
import { tell } from './tell.ts'

/** Does it, and says in the status line where the server refused, or `after` where it did not. True when it was done. */
export async function attempt(
  from: Element,
  { locale }: Setting,
  act: () => Promise<unknown>,
  after?: string,
): Promise<boolean> {
  // The element may be gone by the time of the answer.
  const root = from.getRootNode() as ShadowRoot
  try {
    await act()
    if (after) tell(root, after)
    return true
  } catch (error) {
    const { code } = error as { code?: ErrorCode }
    tell(root, (code && locale.say(code)) || locale.say('notDone'))
    return false
  }
}
