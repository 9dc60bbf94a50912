import { attempt } from './attempt.ts'
import type { ControlsProps } from './controls.tsx'

/** At an item that was taken down and that only staff still see: how to bring it back. */
export function RestoreLine({ item, setting }: ControlsProps) {
  const { locale, actions } = setting
  return (
    <p part="gone">
      {locale.say('removedNow')}{' '}
      <button
        type="button"
        part="button"
        onClick={(event) =>
          void attempt(event.currentTarget, setting, () => actions.writing.restore(item.id))
        }
      >
        {locale.say('restore')}
      </button>
    </p>
  )
}
