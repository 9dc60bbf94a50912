// What a container starts: the widget was built with the image, and is laid beside the builds of releases before and
// after, in a folder that they share. Then the server runs in this very process, so that signals reach it directly.
import { keepEarlier } from './build-widget.ts'
import { keepCompiled } from './compile-cache.ts'
import { ROOT } from './root.ts'

keepCompiled()
keepEarlier(ROOT)
await import('../server/src/main.ts')
