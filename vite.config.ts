import { defineConfig } from 'vite'

/**
 * Builds what readers download. It is one build, so that the loader's `import()` carries the feed's hashed name;
 * the loader imports nothing else, which makes its one file a classic script that any page can take.
 */
export default defineConfig({
  root: 'widget',
  base: './',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    // Library mode is what leaves Vite's preload helper (0.8 KB) out of the loader.
    lib: { entry: { halley: 'src/loader.ts' }, formats: ['es'] },
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      output: { minify: true, entryFileNames: 'halley.js', chunkFileNames: 'assets/[name]-[hash].js' },
    },
  },
})
