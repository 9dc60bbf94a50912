import { buildWidget } from '../../bin/build-widget.ts'
import { ROOT } from '../../bin/root.ts'

/** Servers hand out the widget as it is built; each evening brings parts of its own. */
export default function setup(): void {
  buildWidget(ROOT)
}
