import { STYLES } from './styles.ts'

let sheet: CSSStyleSheet | undefined

/** Gives a feed its look by a constructed sheet, which no Content-Security-Policy stands in the way of. */
export function adoptStyles(root: ShadowRoot): void {
  if (!sheet) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(STYLES)
  }
  root.adoptedStyleSheets = [sheet]
}
