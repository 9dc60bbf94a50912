/** Something that was done, told once: "Link copied". With `undo` it can be taken back for as long as it is shown. */
export interface Notice {
  readonly text: string
  readonly undo?: { readonly label: string; readonly run: () => void }
}

/** Tells the feed's status line, by an event that never leaves the shadow root. */
export function tell(from: Node, notice: Notice): void {
  from.getRootNode().dispatchEvent(new CustomEvent<Notice>('notice', { detail: notice }))
}
