import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { ServerProcess } from '../../../e2e/parts/server-process.ts'
import { tempFolder } from '../../../e2e/parts/temp-folder.ts'

const folder = tempFolder('backups')
afterAll(() => folder.remove())
const CLI = fileURLToPath(new URL('./main.ts', import.meta.url))

/** `halley …` as it is typed: how it exits, and what it says. */
function type(env: NodeJS.ProcessEnv, ...args: string[]): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], { env, timeout: 60_000 }, (error, out, err) =>
      resolve({ code: error ? Number(error.code ?? -1) : 0, said: out + err }),
    )
  })
}

test('BACK8 the embedded data is backed up beside its server, and put back once that is stopped', async () => {
  const server = await ServerProcess.start({ env: { DEMO: 'off' } })
  const file = join(folder.path, 'evening.zst')
  const halley = (...args: string[]) => type(server.env, ...args)
  try {
    await halley('site', 'create', 'acme')
    expect(await halley('backup', file)).toMatchObject({ code: 0 })
    await halley('site', 'create', 'later')
    const beside = await halley('restore', file, '--replace')
    expect(beside).toEqual({ code: 1, said: expect.stringContaining('Stop the servers') })
    await server.end()
    expect(await halley('restore', file)).toEqual({ code: 1, said: expect.stringContaining('not empty') })
    expect(await halley('restore', file, '--replace')).toMatchObject({ code: 0 })
    expect((await halley('site', 'list')).said).not.toContain('later')
    await server.start()
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200)
  } finally {
    await server.end()
    await server.remove()
  }
}, 120_000)
