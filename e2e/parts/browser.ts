import { type Browser, chromium, type LaunchOptions } from 'playwright-core'
import { inject } from 'vitest'
import { CHROMIUM_ARGS } from './chromium-args.ts'

/** The Chromium of this run, without a window. */
export function openBrowser(options: LaunchOptions = {}): Promise<Browser> {
  return chromium.launch({ ...options, executablePath: inject('chromium'), args: CHROMIUM_ARGS })
}
