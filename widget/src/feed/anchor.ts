import type { Scroller } from './scroller.ts'

/** Rows that are in view, with where they stand: the first that is still there afterwards keeps the reader's place. */
export type Anchor = readonly { readonly id: string; readonly top: number }[]

/** More than one, because the one at the top may be what goes. */
const CANDIDATES = 5

export const rowOf = (list: Element, id: string): HTMLElement | null =>
  list.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)

/**
 * Where the reader is; where no row is in view, the one that is nearest to it. Only the chunks at the top of the view
 * are measured, or thousands of rows would be laid out.
 */
export function findAnchor(list: Element, scroller: Scroller): Anchor {
  const { top, bottom } = scroller
  const anchor: { id: string; top: number }[] = []
  const add = (row: Element) => {
    anchor.push({ id: (row as HTMLElement).dataset.id ?? '', top: row.getBoundingClientRect().top })
  }
  let near: Element | null = null
  for (const chunk of list.querySelectorAll('[data-chunk]')) {
    const box = chunk.getBoundingClientRect()
    if (box.bottom <= top) {
      near = chunk.lastElementChild
      continue
    }
    if (box.top >= bottom || anchor.length >= CANDIDATES) {
      near ||= chunk.firstElementChild
      break
    }
    for (const row of chunk.children) {
      if (row.getBoundingClientRect().bottom > top && anchor.length < CANDIDATES) add(row)
    }
  }
  if (near && !anchor.length) add(near)
  return anchor
}

/** How far the reader's place has moved; undefined where nothing of it is left. */
export function drift(list: Element, anchor: Anchor): number | undefined {
  for (const { id, top } of anchor) {
    const row = rowOf(list, id)
    if (row) return row.getBoundingClientRect().top - top
  }
  return undefined
}
