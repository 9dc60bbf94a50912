// `npx pnpm@12 build`: the widget, where its sources changed.
import { buildWidget } from './build-widget.ts'
import { ROOT } from './root.ts'

console.log(`widget: ${buildWidget(ROOT)}`)
