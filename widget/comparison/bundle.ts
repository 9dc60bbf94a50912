import { build, type Rolldown } from 'vite'

/** The comparison's page as one script: `play(which, steps)` in `window`. */
export async function bundle(): Promise<string> {
  const built = (await build({
    configFile: false,
    root: import.meta.dirname,
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry: 'play.ts', formats: ['iife'], name: 'comparison' } },
  })) as Rolldown.RolldownOutput[]
  const [chunk] = built.flatMap(({ output }) => output)
  if (chunk?.type !== 'chunk') throw new Error('the comparison was not built')
  return chunk.code
}
