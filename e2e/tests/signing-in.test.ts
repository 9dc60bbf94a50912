import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../../bin/root.ts'
import { Child } from '../parts/child.ts'
import { halley } from '../parts/command-line.ts'
import { freePort } from '../parts/free-port.ts'
import { plainPage, tag } from '../parts/host-page.ts'
import { tempFolder } from '../parts/temp-folder.ts'
import { until } from '../parts/until.ts'
import { ownStage } from '../parts/widget-stage.ts'

const stage = ownStage()

/** What a document has in its first block of this language that has `word` in it. */
function recipe(name: string, language: string, word: string): string {
  const text = readFileSync(join(ROOT, 'docs', name), 'utf8')
  const blocks = [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
  const found = blocks.find(([, lang, code]) => lang === language && code?.includes(word))
  if (!found?.[2]) throw new Error(`docs/${name} has no ${language} with ${word}`)
  return found[2]
}

/** As much of a site's program as the recipe takes for granted: who has signed in has a cookie, and it serves `HTML`. */
const SITE = `import { createServer } from 'node:http'
const ways = new Map()
globalThis.app = { get: (path, ...steps) => ways.set(path, steps) }
globalThis.requireLogin = (request, response, next) => {
  if (!/signed-in/.test(request.headers.cookie)) return response.writeHead(401).end()
  request.user = { id: 7, displayName: 'Tom Harbour', isEditor: true }
  return next()
}
createServer((request, response) => {
  const [guard, then] = ways.get(request.url) ?? []
  if (!guard) return response.setHeader('content-type', 'text/html').end(process.env.HTML)
  response.set = (name, value) => response.setHeader(name, value) && response
  response.type = (name) => response.set('Content-Type', 'text/plain')
  response.send = (text) => response.end(text)
  guard(request, response, () => then(request, response))
}).listen(process.env.PORT, '127.0.0.1')
`

test('DOC5 a site that does as the documents say signs its people in, and they post under their names', async () => {
  await halley(stage.server, 'site', 'create', 'acme')
  await halley(stage.server, 'room', 'create', 'acme/keynote', '--posting', 'signed-in')
  const printed = await halley(stage.server, 'secret', 'create', 'acme', '--allow-roles')
  const [, HALLEY_KID, HALLEY_SECRET] = /kid +(\S+)\nsecret +(\S+)/.exec(printed) as RegExpExecArray
  const signIn = `<script>
    const myOwnSignIn = () => {
      document.cookie = 'signed-in=yes'
      document.querySelector('halley-feed').refresh()
    }
    ${recipe('widget.md', 'js', 'halley:login')}</script>`
  const inPage = recipe('signing-in.md', 'html', 'getToken')
  const folder = tempFolder('site')
  writeFileSync(join(folder.path, 'site.mjs'), SITE)
  writeFileSync(join(folder.path, 'recipe.mjs'), recipe('signing-in.md', 'js', "from 'jose'"))
  symlinkSync(join(ROOT, 'server', 'node_modules'), join(folder.path, 'node_modules'))
  const port = await freePort()
  const HTML = plainPage(inPage + signIn + tag(stage.server.url, 'acme/keynote'))
  const site = new Child(process.execPath, ['--import', './site.mjs', 'recipe.mjs'], 'SIGTERM', {
    cwd: folder.path,
    env: { PORT: String(port), HTML, HALLEY_KID, HALLEY_SECRET },
  })
  const { page } = await stage.visit('')
  await until('the site to answer', async () => (await fetch(`http://127.0.0.1:${port}/`)).ok)
  await page.goto(`http://127.0.0.1:${port}/`)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('textbox', { name: 'Write something…' }).fill('from the harbour')
  await page.getByRole('button', { name: 'Post' }).click()
  const item = page.locator('article', { hasText: 'from the harbour' })
  await item.waitFor()
  expect(await item.locator('[part=author]').textContent()).toBe('Tom Harbour')
  expect(await item.locator('[part=role]').textContent()).toBe('Moderator')
  await site.end('SIGTERM')
  folder.remove()
})
