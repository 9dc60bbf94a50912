import type { LiveItem } from '@halley/shared'
import { enPoster } from '../../i18n/en-poster.ts'
import { addDefaults } from '../../i18n/tables.ts'
import type { RowMode } from '../item-row.tsx'
import type { Setting } from '../setting.ts'
import { ItemEditor } from './item-editor.tsx'
import { ItemMenu } from './item-menu.tsx'
import { RestoreLine } from './restore-line.tsx'

addDefaults('en', enPoster)

export interface ControlsProps {
  readonly item: LiveItem
  readonly setting: Setting
  readonly own: boolean
  readonly mode: RowMode
  readonly turn: (mode: RowMode) => void
}

/** What can be done at an item: fetched when somebody first asks for it. */
export default function Controls(props: ControlsProps) {
  if (props.mode === 'editing') return <ItemEditor {...props} />
  return (
    <>
      {props.item.removedAt && <RestoreLine {...props} />}
      {props.mode === 'menu' && <ItemMenu {...props} />}
    </>
  )
}
