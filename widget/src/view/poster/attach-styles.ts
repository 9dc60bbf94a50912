import { adoptStyles } from '../adopt-styles.ts'
import POSTER_STYLES from './poster.css?inline'

/** A `ref` that gives the feed around an element the look of the poster's parts. */
export function attachStyles(element: Element | null): void {
  if (element) adoptStyles(element.getRootNode() as ShadowRoot, POSTER_STYLES)
}
