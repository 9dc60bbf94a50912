const GAP = 4

/**
 * Shows a menu over everything, so that no box around its item can cut it off, at its button's end and inside the
 * window. A browser without popovers leaves it where it stands in the item.
 */
export function placeMenu(menu: HTMLElement, button: HTMLElement): void {
  if (!menu.showPopover) return
  menu.showPopover()
  const { top, bottom, left, right } = button.getBoundingClientRect()
  const { width, height } = menu.getBoundingClientRect()
  const rightToLeft = getComputedStyle(menu).direction === 'rtl'
  const x = rightToLeft ? left : right - width
  const below = bottom + GAP + height <= innerHeight
  menu.style.left = `${Math.max(GAP, Math.min(x, document.documentElement.clientWidth - width - GAP))}px`
  menu.style.top = `${below ? bottom + GAP : Math.max(GAP, top - GAP - height)}px`
}
