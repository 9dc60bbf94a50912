import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build, type Rolldown } from 'vite'

const BASE =
  'body { margin: 0; font: 16px/1.5 system-ui, sans-serif } main { max-width: 40rem; margin: 0 auto; padding: 1rem }'

/** The pages that a feed is shown on: each stands for a way that real pages are. */
const HOSTS: Readonly<Record<string, string>> = {
  plain: BASE,
  dark: `${BASE} html { color-scheme: dark } body { background: #0f1115; color: #dfe3e8 }`,
  news: `${BASE} body { background: #fdfbf7; color: #2b2620; font: 18px Georgia, "DejaVu Serif", serif }`,
  navy: `${BASE} body { background: #0b1d3a; color: #eaf0fa; font-family: "DejaVu Sans", sans-serif }`,
  bare: 'body { margin: 0 }',
  loud: 'body { margin: 0; text-transform: uppercase; letter-spacing: 0.2em; text-align: center; text-indent: 3em; line-height: 3; font-style: italic; text-shadow: 2px 2px red; white-space: pre; cursor: wait; list-style: none; hyphens: auto }',
  unset: '* { all: unset !important }',
}

const STRICT =
  "default-src 'none'; script-src 'self'; style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"

function page(): string {
  return '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/host.css"><main><halley-feed></halley-feed></main><script type="module" src="/gallery.js"></script></html>'
}

async function bundle(): Promise<Map<string, string>> {
  const built = (await build({
    configFile: false,
    root: join(import.meta.dirname, '..', '..', 'widget', 'gallery'),
    base: './',
    logLevel: 'error',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      write: false,
      target: 'es2022',
      cssTarget: ['chrome125', 'firefox128', 'safari18'],
      modulePreload: false,
      lib: { entry: { gallery: 'gallery.tsx' }, formats: ['es'] },
      rolldownOptions: {
        output: { minify: true, entryFileNames: '[name].js', chunkFileNames: 'assets/[name].js' },
      },
    },
  })) as Rolldown.RolldownOutput[] | Rolldown.RolldownOutput
  const files = (Array.isArray(built) ? built : [built]).flatMap((one) => one.output)
  return new Map(
    files.map((file) => [`/${file.fileName}`, file.type === 'chunk' ? file.code : String(file.source)]),
  )
}

export interface Gallery {
  readonly url: string
  readonly files: ReadonlyMap<string, string>
  close(): Promise<void>
}

/** Builds the gallery and serves it on a free port: `?scene=…&lang=…&theme=…&order=…`, at `/HOST` or `/HOST/strict`. */
export async function serveGallery(): Promise<Gallery> {
  const files = await bundle()
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://gallery')
    const file = files.get(pathname)
    const from = new URL(request.headers.referer ?? 'http://gallery/plain').pathname.slice(1)
    if (file !== undefined) response.setHeader('content-type', 'text/javascript').end(file)
    else if (pathname === '/host.css') response.setHeader('content-type', 'text/css').end(HOSTS[from])
    else {
      if (searchParams.has('strict')) response.setHeader('content-security-policy', STRICT)
      response.setHeader('content-type', 'text/html').end(page())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
