import { type MinifyOptions, minify } from 'terser'
import type { Plugin } from 'vite'
import { SHORT_NAMES } from './short-names.ts'

const OPTIONS: MinifyOptions = {
  module: true,
  ecma: 2020,
  compress: { passes: 3, hoist_funs: true, inline: 1, pure_getters: true, unsafe_arrows: true },
  mangle: {
    properties: {
      regex: new RegExp(`^(${[...SHORT_NAMES.keys()].join('|')})$`),
      builtins: true,
      keep_quoted: true,
    },
  },
}

/** Makes each file of the build small. Before files are named after what is in them, so that no cache mixes two builds. */
export const small: Plugin = {
  name: 'small',
  async renderChunk(code) {
    const props = Object.fromEntries([...SHORT_NAMES].map(([name, short]) => [`$${name}`, short]))
    const { code: less = '' } = await minify(code, { ...OPTIONS, nameCache: { props: { props } } })
    return { code: less, map: null }
  },
}
