import type { WordKey } from '../../i18n/words.ts'
import { tell } from '../notice.ts'
import type { Setting } from '../setting.ts'

const WORDS: { readonly [code: string]: WordKey } = {
  changed: 'changed',
  'edit-window-over': 'tooLate',
  rejected: 'rejected',
  'item-removed': 'removed',
}

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
    const word = WORDS[(error as { code?: string }).code ?? ''] ?? 'notDone'
    tell(root as unknown as Element, { text: setting.locale.say(word) })
    return false
  }
}
