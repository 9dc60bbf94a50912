import type { Page } from 'playwright-core'

/** The WCAG contrast of a text with what is painted behind it; colours of any form are resolved by painting them. */
export function contrast(page: Page, selector: string): Promise<number> {
  return page
    .locator(selector)
    .first()
    .evaluate((element) => {
      const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
      if (!canvas) throw new Error('no canvas')
      const grounds: string[] = []
      for (let at: Element | null = element; at; ) {
        const { backgroundColor, backgroundImage } = getComputedStyle(at)
        const image = /^linear-gradient\((\w+\(.*?\))/.exec(backgroundImage)?.[1]
        if (image && !backgroundImage.includes('repeat')) grounds.unshift(image)
        grounds.unshift(backgroundColor)
        at = at.parentElement ?? ((at.getRootNode() as ShadowRoot).host || null)
      }
      const paint = (colors: string[]): number => {
        const dark = getComputedStyle(document.documentElement).colorScheme === 'dark'
        for (const color of [dark ? 'black' : 'white', ...colors]) {
          canvas.fillStyle = color
          canvas.fillRect(0, 0, 1, 1)
        }
        const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => {
          const part = value / 255
          return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
        }) as [number, number, number, number]
        return 0.2126 * r + 0.7152 * g + 0.0722 * b
      }
      const [low, high] = [paint(grounds), paint([...grounds, getComputedStyle(element).color])].sort(
        (a, b) => a - b,
      ) as [number, number]
      return (high + 0.05) / (low + 0.05)
    })
}
