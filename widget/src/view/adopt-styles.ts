import STYLES from './feed.css?inline'

const sheets = new Map<string, CSSStyleSheet>()

/** Gives a shadow root a look by a constructed sheet, shared by all feeds, which no Content-Security-Policy stands in the way of. */
export function adoptStyles(root: ShadowRoot, text = STYLES): void {
  let sheet = sheets.get(text)
  if (!sheet) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    sheets.set(text, sheet)
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet)
}
