import { halley } from './halley.ts'

export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A command as the command line does it, without starting a process. */
export async function runHalley(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  let [out, err] = ['', '']
  const code = await halley(args, {
    env,
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
  })
  return { code, out: out.trim(), err: err.trim() }
}
