// `npx pnpm@12 start`: the widget is built where its sources changed; then the server runs in this very process, so
// that signals reach it directly.
import { buildWidget } from './build-widget.ts'
import { keepCompiled } from './compile-cache.ts'
import { ROOT } from './root.ts'

keepCompiled()
buildWidget(ROOT)
await import('../server/src/main.ts')
