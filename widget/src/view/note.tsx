interface NoteProps {
  readonly part: string
  readonly text?: string
  /** What can be done about it. */
  readonly label?: string | false | undefined
  readonly act?: () => void
}

/** A line that the feed says of itself, perhaps with a button. */
export function Note({ part, text, label, act }: NoteProps) {
  return (
    <div part={part}>
      {text}{' '}
      {label && (
        <button type="button" part="button" onClick={act}>
          {label}
        </button>
      )}
    </div>
  )
}
