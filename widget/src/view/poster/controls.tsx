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

/** What can be done at an item: fetched when somebody first asks for it. */
export function Controls(props: ControlsProps) {
  return (
    <div ref={attachStyles}>
      {props.mode === 'editing' && <ItemEditor {...props} />}
      {props.item.removedAt && <RestoreLine {...props} />}
      {props.mode === 'menu' && <ItemMenu {...props} />}
    </div>
  )
}
