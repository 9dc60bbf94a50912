import type { Check } from './source-file.ts'

const FORBIDDEN = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'lib', 'types'])

/** A file or folder is named after what is in it; these words name nothing. */
export const checkNames: Check = (files) =>
  files.flatMap(({ path }) => {
    const word = path.split('/').find((part) => FORBIDDEN.has(part.replace(/(\.test|\.d)?\.[a-z]+$/, '')))
    return word ? [{ path, what: `"${word}" says nothing: name it after what it holds` }] : []
  })
