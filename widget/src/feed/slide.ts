const DURATION_MS = 250

/**
 * Makes room without a layout shift: what moved by `pixels` is put back where it was by a transform in the same
 * task, and let go two frames later. (`element.animate` was measured to leak shifts.) Does nothing for people who
 * asked for less motion.
 */
export function slide(list: HTMLElement, pixels = 0): void {
  if (!pixels || matchMedia('(prefers-reduced-motion)').matches) return
  const { style } = list
  const now = new DOMMatrix(getComputedStyle(list).transform).m42
  style.transition = 'none'
  style.transform = `translateY(${now - pixels}px)`
  const mine = style.transform
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      // A later slide has taken over.
      if (style.transform !== mine) return
      style.transition = `transform ${DURATION_MS}ms`
      style.transform = 'translateY(0)'
    }),
  )
}

/** The transform goes once it is over, because it would make a containing block of the list. */
export function settle(list: HTMLElement): void {
  if (list.style.transform === 'translateY(0px)') list.removeAttribute('style')
}
