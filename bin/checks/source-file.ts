import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Import {
  /** As it is written. */
  readonly from: string
  /** Erased when it runs. */
  readonly typeOnly: boolean
}

/** A file of the project as the checks see it. */
export interface SourceFile {
  /** From the root, with slashes. */
  readonly path: string
  readonly text: string
  readonly imports: readonly Import[]
  /** A test, or a part that only tests use: it runs under Vitest and may stand outside the levels. */
  readonly isTest: boolean
}

/** One thing that is wrong: where, and what to do about it. */
export interface Finding {
  readonly path: string
  readonly what: string
}

export type Check = (files: readonly SourceFile[]) => Finding[]

/** Tests, and what stands beside them. */
const TEST_NAME = /\.test\.tsx?$|(^|\/)test-[^/]+\.tsx?$/

const KINDS = '**/*.{ts,tsx,json,md,html,css,yaml,sql,svg}'
const ELSEWHERE = ['**/node_modules/**', '**/dist/**', '**/data/**', '**/coverage/**', 'pnpm-lock.yaml']

/** Every text file below `root` that belongs to the project. */
export function readProject(root: string): SourceFile[] {
  const paths = globSync([KINDS, '.ci/*'], { cwd: root, exclude: ELSEWHERE, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
    )
  return paths.sort().map((path) => sourceFile(path, readFileSync(join(root, path), 'utf8')))
}

export function sourceFile(path: string, text: string): SourceFile {
  const imports = /\.tsx?$/.test(path) ? importsOf(text) : []
  const isTest = TEST_NAME.test(path) || imports.some(({ from }) => from === 'vitest')
  return { path, text, imports, isTest }
}

const STATIC = /^(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?'([^']+)'/gm
const DYNAMIC = /\bimport\(\s*'([^']+)'\s*\)/g

/** Relies on the formatter: statements begin at a line's start, names are in single quotes. */
function importsOf(text: string): Import[] {
  const statics = [...text.matchAll(STATIC)].map((match) => ({
    from: match[2] as string,
    typeOnly: match[1] !== undefined,
  }))
  const dynamics = [...text.matchAll(DYNAMIC)].map((match) => ({ from: match[1] as string, typeOnly: false }))
  return [...statics, ...dynamics]
}
