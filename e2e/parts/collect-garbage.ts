import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')

/** Collects what nobody holds, of the young generation alone where that is asked for. */
export const collectGarbage: (options?: { type: 'minor' }) => void = runInNewContext('gc')
