import { type SourceFile, sourceFile } from './source-file.ts'

/** A project for the tests of the checks: texts by path. */
export function project(texts: Record<string, string>): SourceFile[] {
  return Object.entries(texts).map(([path, text]) => sourceFile(path, text))
}
