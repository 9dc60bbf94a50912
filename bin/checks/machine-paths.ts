import type { Check } from './source-file.ts'

const MACHINE = ['home', 'Users', 'root', 'work', 'workspace', 'builds'].join('|')
const PATTERN = new RegExp(`(^|[^A-Za-z0-9_.\\]}/*-])/(${MACHINE})/[A-Za-z0-9_]`)

/** A path of somebody's machine is no use on another one. */
export const checkMachinePaths: Check = (files) =>
  files.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        PATTERN.test(line) ? [{ path: `${path}:${index + 1}`, what: 'names a path of one machine' }] : [],
      ),
  )
