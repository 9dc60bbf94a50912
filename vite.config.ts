import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompressSync } from 'node:zlib'
import zopfli from '@gfx/zopfli'
import { defineConfig, type Plugin } from 'vite'
import project from './package.json' with { type: 'json' }
import { askAnew } from './widget/ask-anew.ts'
import { small } from './widget/minify.ts'

/**
 * Makes the loader a function that leaves nothing behind, and tells it the feed's hashed name. An `import()` of our own would resolve against `about:blank`, because
 * on other people's pages the loader is a script of another origin.
 */
const feedName: Plugin = {
  name: 'feed-name',
  generateBundle(_options, bundle) {
    const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
    const loader = chunks.find(({ name }) => name === 'halley')
    const feed = chunks.find(({ name }) => name === 'feed')
    if (!loader || !feed || loader.imports.length > 0)
      throw new Error('the loader must be one file of its own')
    loader.code = `(()=>{${loader.code.trim().replace('FEED_FILE', feed.fileName)}})()\n`
    const hash = createHash('sha256').update(loader.code).digest('hex').slice(0, 12)
    // For tags that pin the loader by its integrity: this address never has other content.
    this.emitFile({ type: 'asset', fileName: `halley-${hash}.js`, source: loader.code })
  },
}

const gzip = promisify(zopfli.gzip) as (
  text: Uint8Array,
  options: { numiterations: number },
) => Promise<Uint8Array>

/**
 * Lays each file there compressed as well, as tightly as it goes: it is done once, and sent to every reader. Zopfli
 * takes its time and makes gzip that is 3 to 4 % smaller than zlib's best.
 */
const compressed: Plugin = {
  name: 'compressed',
  async generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      const text = Buffer.from(file.type === 'chunk' ? file.code : file.source)
      for (const [ending, source] of [
        ['br', brotliCompressSync(text)],
        ['gz', await gzip(text, { numiterations: 60 })],
      ] as const)
        this.emitFile({ type: 'asset', fileName: `${file.fileName}.${ending}`, source })
    }
  },
}

/** Builds what readers download: the loader, which is a classic script that any page can take, and the feed in parts. */
export default defineConfig({
  root: 'widget',
  base: './',
  publicDir: false,
  plugins: [askAnew, small, feedName, compressed],
  define: { RELEASE: JSON.stringify(project.version) },
  resolve: { alias: { preact: fileURLToPath(new URL('widget/src/render/preact.ts', import.meta.url)) } },
  // `h` itself is 0.2 KB less to download than the automatic runtime around it.
  oxc: { jsx: { runtime: 'classic', pragma: 'h', pragmaFrag: 'Fragment' } },
  build: {
    // Library mode is what leaves Vite's preload helper out.
    lib: { entry: { halley: 'src/loader.ts', feed: 'src/main.ts' }, formats: ['es'] },
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // Leaves colours that browsers mix by themselves as they were written.
    cssTarget: ['chrome125', 'firefox128', 'safari18'],
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      // What the feed shares with its later parts stays in the feed's file: one request less.
      preserveEntrySignatures: 'allow-extension',
      transform: { inject: { h: ['preact', 'h'], Fragment: ['preact', 'Fragment'] } },
      output: {
        minify: true,
        comments: false,
        entryFileNames: ({ name }) => (name === 'halley' ? 'halley.js' : 'assets/[name]-[hash:6].js'),
        chunkFileNames: 'assets/[name]-[hash:6].js',
      },
    },
  },
})
