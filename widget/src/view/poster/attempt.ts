import type { ErrorCode } from '@halley/shared'
import { tell } from '../notice.ts'
import type { Setting } from '../setting.ts'

/** Does it, and tells the status line where the server refused. True when it was done. */
export async function attempt(
  from: Element,
  setting: Setting,
  act: () => Promise<unknown>,
): Promise<boolean> {
  const root = from.getRootNode()
  try {
    await act()
    return true
  } catch (error) {
    const { code } = error as { code?: ErrorCode }
    tell(root, { text: (code && setting.locale.say(code)) || setting.locale.say('notDone') })
    return false
  }
}
