import type { Plugin } from 'vite'

/** What stands for `import()` in the feed's file; made small with the rest of it. */
const ASK_ANEW = 'const askAnew = (file) => import(file).catch(() => import(file + "#" + Math.random()));\n'

/**
 * A part that could not be fetched is asked for by another address: browsers keep the failure of an `import()` as long
 * as the page is open (Chromium 153 does, 156 no longer), and no later one of the same address succeeds. The feed's own
 * file, which the parts import, is fetched by the loader before it is imported.
 */
export const askAnew: Plugin = {
  name: 'ask-anew',
  renderChunk(code, { name }) {
    if (name !== 'feed') return null
    const asks = /\bimport\((?=["'`]\.\/)/g
    if (!asks.test(code)) throw new Error('the feed fetches no parts any more')
    return { code: ASK_ANEW + code.replace(asks, 'askAnew('), map: null }
  },
}
