import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SOURCES = [
  'widget/src/**/*',
  'widget/*.ts',
  'shared/src/**/*',
  'vite.config.ts',
  'widget/package.json',
  'pnpm-lock.yaml',
]

/** Builds `widget/dist` unless it was built from these very sources. Throws where the build fails. */
export function buildWidget(root: string): 'built' | 'unchanged' {
  const stamp = join(root, 'widget', 'dist', 'sources.sha256')
  const hash = hashOf(root)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return 'unchanged'
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  // A process of its own, so that the bundler's memory is not the server's.
  const built = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: root,
    // Tests run with another one, and would be given a build for developers.
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (built.status !== 0) throw new Error('the widget could not be built')
  keepEarlier(root)
  writeFileSync(stamp, hash)
  return 'built'
}

/**
 * Hashed files outlive the build that made them: a page that was opened before an upgrade still loads the rest of its
 * widget, and a tag that pins a loader goes on working.
 */
export function keepEarlier(root: string): void {
  const dist = join(root, 'widget', 'dist')
  for (const path of globSync(['halley-*.js*', 'assets/*.js*'], { cwd: dist })) {
    cpSync(join(dist, path), join(root, 'widget', 'earlier', path))
  }
}

/** Tests and stories beside the sources do not matter. */
function hashOf(root: string): string {
  const hash = createHash('sha256')
  const files = globSync(SOURCES, { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
  for (const file of files.sort()) hash.update(`${file.slice(root.length)}\0`).update(readFileSync(file))
  return hash.digest('hex')
}
