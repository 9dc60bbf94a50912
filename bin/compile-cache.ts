import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { ROOT } from './root.ts'

/**
 * What V8 makes of the modules is kept for the next start, of this process and of those that it starts: a fifth of a
 * start's CPU. Where the folder cannot be written, or `NODE_DISABLE_COMPILE_CACHE` is set, nothing is kept.
 */
export function keepCompiled(): void {
  process.env.NODE_COMPILE_CACHE ??= join(ROOT, 'node_modules', '.cache', 'compiled')
  enableCompileCache(process.env.NODE_COMPILE_CACHE)
}
