import { execFile } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { findProgram } from './find-program.ts'

const run = promisify(execFile)

/** Debian asks this file before it starts a service of a package that it installs. */
const POLICY = '/usr/sbin/policy-rc.d'

/** Installs a package where we are root on a Debian, without starting what it brings; false where we are not. */
export async function installFromDebian(name: string): Promise<boolean> {
  if (process.getuid?.() !== 0 || !findProgram('apt-get')) return false
  console.log(`Installing ${name} with apt-get …`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const ours = !existsSync(POLICY)
  if (ours) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    await run('apt-get', ['update'], { env, timeout: 120_000 })
    await run('apt-get', ['install', '-y', '--no-install-recommends', name], { env, timeout: 180_000 })
  } finally {
    if (ours) rmSync(POLICY)
  }
  return true
}
