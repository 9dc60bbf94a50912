import { posix } from 'node:path'
import type { Check, Finding, Import, SourceFile } from './source-file.ts'

/** A part of the server imports parts of lower levels only; see ARCHITECTURE.md. */
const LEVELS: Readonly<Record<string, number>> = {
  problem: 0,
  logger: 0,
  'parse-json': 1,
  config: 1,
  metrics: 1,
  db: 1,
  workers: 1,
  auth: 2,
  rooms: 2,
  filters: 2,
  bus: 2,
  spool: 2,
  veil: 2,
  log: 3,
  fanout: 4,
  ingest: 4,
  history: 4,
  moderation: 4,
  backup: 4,
  transfer: 4,
  accounts: 4,
  webhooks: 4,
  media: 4,
  search: 4,
  transports: 5,
  pages: 5,
  jobs: 5,
  cli: 5,
  demo: 5,
}
const APP = 6
/** Levels whose parts may know each other's types, which are gone when the code runs. */
const SHARES_TYPES = 2

/** What each package may import of the others; what it may take from outside is its package.json's business. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  server: ['shared'],
  widget: ['shared'],
  dashboard: ['shared'],
  e2e: ['shared', 'bin'],
  bench: ['shared', 'server', 'e2e'],
  bin: ['shared', 'server', 'e2e', 'bench'],
}
/** Tests stand at a part's side with real servers and browsers. */
const TESTS_ALSO = ['e2e', 'bin']
/** All that readers download is ours and Preact; all that both ends share is this. */
const OUTSIDE: Readonly<Record<string, RegExp>> = {
  shared: /^(preact|typebox)(\/|$)/,
  widget: /^preact(\/|$)/,
}

export const checkLevels: Check = (files) =>
  files.flatMap((file) =>
    file.imports.flatMap((item) => {
      const what = packageProblem(file, item) ?? levelProblem(file, item)
      return what ? [{ path: file.path, what }] : []
    }),
  ) satisfies Finding[]

function packageProblem(file: SourceFile, item: Import): string | undefined {
  const own = packageOf(file.path)
  const allowed = PACKAGES[own]
  if (!allowed) return undefined
  const target = targetOf(file.path, item.from)
  if (target === undefined) {
    const outside = OUTSIDE[own]
    if (file.isTest || !isSource(file.path) || !outside || outside.test(item.from)) return undefined
    return `${own} may not import the package ${item.from}`
  }
  const other = packageOf(target)
  if (other === own || allowed.includes(other) || PACKAGES[other] === undefined) return undefined
  if (file.isTest && own !== 'e2e' && TESTS_ALSO.includes(other)) return undefined
  return `${own} may not import ${other} (${item.from})`
}

function levelProblem(file: SourceFile, item: Import): string | undefined {
  const target = targetOf(file.path, item.from)
  if (file.isTest || !target || !isServer(file.path) || !isServer(target)) return undefined
  const [own, other] = [partOf(file.path), partOf(target)]
  if (own === other) return undefined
  const [level, otherLevel] = [levelOf(file.path), levelOf(target)]
  if (level === undefined) return `the folder ${own} has no level`
  if (other === 'main') return 'nothing may import main'
  if (otherLevel === undefined || otherLevel < level || level === APP) return undefined
  if (item.typeOnly && otherLevel === level && level <= SHARES_TYPES) return undefined
  return `${own} (level ${level}) may not import ${other} (level ${otherLevel})`
}

/** The path from the root, for our own files; undefined for packages from outside and for Node's modules. */
function targetOf(path: string, from: string): string | undefined {
  if (from.startsWith('.')) return posix.normalize(posix.join(posix.dirname(path), from))
  const ours = /^@halley\/([^/]+)/.exec(from)
  return ours ? `${ours[1]}/index.ts` : undefined
}

const packageOf = (path: string): string => path.split('/')[0] as string
const isSource = (path: string): boolean => path.split('/')[1] === 'src'
const isServer = (path: string): boolean => path.startsWith('server/src/')

/** The folder below server/src, or the name of a file that stands there itself. */
const partOf = (path: string): string => (path.split('/')[2] as string).replace(/\.tsx?$/, '')

function levelOf(path: string): number | undefined {
  const level = LEVELS[partOf(path)]
  const standsAlone = path.split('/').length === 3
  return level ?? (standsAlone ? APP : undefined)
}
