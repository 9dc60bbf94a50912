import { execFile } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'
import { CHROMIUM_ARGS } from './chromium-args.ts'
import { findProgram } from './find-program.ts'
import { tempFolder } from './temp-folder.ts'

const run = promisify(execFile)
const NEEDED = 'Install the package chromium, or set CHROMIUM to the path of a Chromium.'

/**
 * The path of a Chromium that renders: `CHROMIUM`, the machine's own, Playwright's download, or the one in the
 * package @sparticuz/chromium with the libraries and fonts that come with it.
 */
export async function findChromium(): Promise<string> {
  const problems: string[] = []
  for (const bring of [named, fromMachine, fromPlaywright, fromPackage]) {
    try {
      const path = await bring()
      if (path) {
        await checkRenders(path)
        return path
      }
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
    }
  }
  throw new Error(`The tests need a Chromium and could not bring one. ${NEEDED}\n${problems.join('\n')}`)
}

const named = async (): Promise<string | undefined> => process.env.CHROMIUM
const fromMachine = async (): Promise<string | undefined> =>
  findProgram('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable')

async function fromPlaywright(): Promise<string | undefined> {
  const path = chromium.executablePath()
  if (existsSync(path)) return path
  console.log('Downloading Chromium with Playwright …')
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright-core')), 'cli.js')
  await run(process.execPath, [cli, 'install', 'chromium'], { timeout: 120_000, killSignal: 'SIGKILL' })
  return path
}

/** Unpacked anew each time: the package would put it into the machine's temporary folder for ever. */
async function fromPackage(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const folder = tempFolder('chromium').path
  const before = process.env.TMPDIR
  process.env.TMPDIR = folder
  try {
    const { default: packaged, inflate } = await import('@sparticuz/chromium')
    const path = await packaged.executablePath()
    const packs = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..', 'bin')
    await inflate(join(packs, 'al2023.tar.br'))
    return wrapped(path, folder)
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
}

/** A script that starts it with its own libraries (after the machine's) and fonts (beside the machine's). */
function wrapped(path: string, folder: string): string {
  const fonts = ['/usr/share/fonts', '/usr/local/share/fonts', join(folder, 'fonts')].map(
    (dir) => `<dir>${dir}</dir>`,
  )
  const cache = `<cachedir>${join(folder, 'fonts-cache')}</cachedir>`
  const settings = join(folder, 'fonts.conf')
  writeFileSync(settings, `<?xml version="1.0"?>\n<fontconfig>${fonts.join('')}${cache}</fontconfig>\n`)
  const script = join(folder, 'start-chromium')
  const lines = [
    '#!/bin/sh',
    `export LD_LIBRARY_PATH="\${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}${join(folder, 'al2023', 'lib')}"`,
    `export FONTCONFIG_FILE="${settings}"`,
    `exec "${path}" --no-zygote "$@"`,
  ]
  writeFileSync(script, `${lines.join('\n')}\n`, { mode: 0o755 })
  return script
}

/** Not every Chromium that starts can also draw: libraries and fonts may be missing. */
async function checkRenders(path: string): Promise<void> {
  const browser = await chromium.launch({ executablePath: path, args: CHROMIUM_ARGS, timeout: 30_000 })
  try {
    const page = await browser.newPage()
    await page.setContent('<span>Halley</span>')
    const width = await page.locator('span').evaluate((span) => span.getBoundingClientRect().width)
    const image = await page.screenshot()
    if (width < 10 || image.length < 100) throw new Error(`${path} draws no text: are fonts missing?`)
  } finally {
    await browser.close()
  }
}
