import type { LiveItem } from '@halley/shared'
import type { RowMode } from '../item-row.tsx'
import type { Setting } from '../setting.ts'
import { attachStyles } from './attach-styles.ts'
import { ItemEditor } from './item-editor.tsx'
import { ItemMenu } from './item-menu.tsx'
import { RestoreLine } from './restore-line.tsx'

export interface ControlsProps {
  readonly item: LiveItem
  readonly setting: Setting
  readonly own: boolean
  readonly mode: RowMode
  readonly turn: (mode: RowMode) => void
}

/** What can be done at an item: fetched when somebody first asks for it. While it is open, what arrives waits. */
export function Controls(props: ControlsProps) {
  const { mode, item, setting } = props
  return (
    <div ref={attachStyles}>
      {item.removedAt && <RestoreLine {...props} />}
      {mode !== 'reading' && (
        <div ref={(open: Element | null) => setting.actions.hold(item.id, !!open)}>
          {mode === 'menu' ? <ItemMenu {...props} /> : <ItemEditor {...props} />}
        </div>
      )}
    </div>
  )
}
