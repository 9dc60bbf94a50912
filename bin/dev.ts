// `npx pnpm@12 dev`: the widget is built again, and the server started again, whenever their sources change.
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from './root.ts'

const run = (...args: string[]): ChildProcess =>
  spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit' })

const children = [
  run(join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--watch', '--logLevel', 'warn'),
  run('--watch', '--watch-preserve-output', join(ROOT, 'server', 'src', 'main.ts')),
]
// Ctrl-C reaches all of us; each ends in its own time.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {
  for (const child of children) child.kill('SIGTERM')
})
