import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))

/** Starts a server that should not start; resolves with how it ended. */
function start(env: NodeJS.ProcessEnv): Promise<{ code: unknown; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN], { env: { PATH: process.env.PATH, ...env } }, (error, out, err) =>
      resolve({ code: error?.code, out, err }),
    )
  })
}

test('CONF4 a server with a wrong setting does not start, and says which one in one line', async () => {
  expect(await start({ LIMIT_POSTS_PERSON: 'few' })).toEqual({
    code: 1,
    out: '',
    err: 'halley: LIMIT_POSTS_PERSON must be a whole number from 1 to 100000000\n',
  })
})
