import { type Browser, chromium, type LaunchOptions } from 'playwright-core'
import { inject } from 'vitest'
import { CHROMIUM_ARGS } from './chromium-args.ts'

/** The Chromium of this run, without a window. */
export function openBrowser(options: LaunchOptions = {}): Promise<Browser> {
  return chromium.launch({ ...options, executablePath: inject('chromium'), args: CHROMIUM_ARGS })
}

let shared: Browser | undefined

/** The Chromium that the test files of this process have one after another: each leaves it by `leaveBrowser`. */
export async function sharedBrowser(): Promise<Browser> {
  if (!shared?.isConnected()) shared = await openBrowser()
  return shared
}

/** Closes every page that is open in the shared Chromium. */
export async function leaveBrowser(): Promise<void> {
  for (const context of shared?.contexts() ?? []) await context.close()
}
