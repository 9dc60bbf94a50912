import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const MODULE = fileURLToPath(new URL('./free-port.ts', import.meta.url))
const [PORTS, TO_BUS_PORT] = [300, 10_000]
/** Says which ports it was given, and those beside them. */
const PROGRAM = `
  const { freePort } = await import(${JSON.stringify(MODULE)})
  const given = []
  for (let n = 0; n < ${PORTS}; n += 1) {
    const further = n % 2 === 0 ? 0 : ${TO_BUS_PORT}
    const port = await freePort(further)
    given.push(port)
    if (further > 0) given.push(port + further)
  }
  console.log(JSON.stringify(given))`

async function portsOf(worker: string | undefined): Promise<number[]> {
  const args = ['--no-warnings', '--input-type=module', '-e', PROGRAM]
  const env = { ...process.env, VITEST_POOL_ID: worker }
  const { stdout } = await promisify(execFile)(process.execPath, args, { env })
  return JSON.parse(stdout)
}

test('PARTS7 no port is handed out twice, in one process or in those that test at the same time', async () => {
  const given = (await Promise.all([undefined, '1', '2'].map(portsOf))).flat()
  expect(given).toHaveLength(3 * 1.5 * PORTS)
  expect(given.filter((port, index) => given.indexOf(port) !== index)).toEqual([])
  expect(Math.min(...given)).toBeGreaterThanOrEqual(11_000)
  expect(Math.max(...given)).toBeLessThan(31_000)
})
