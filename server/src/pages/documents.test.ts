import { access, readdir, readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { configTable } from '../config.ts'

const root = new URL('../../../', import.meta.url)
/** Tables as they are, however they are laid out. */
const bare = (table: string) =>
  table.replace(/ +/g, ' ').replace(/-{3,}/g, '---').replaceAll('| ---', '|---').replaceAll('--- |', '---|')
const read = (path: string) => readFile(new URL(path, root), 'utf8')

async function documents(): Promise<[name: string, text: string][]> {
  const names = [
    ...(await readdir(root)).filter((name) => name.endsWith('.md')),
    ...(await readdir(new URL('docs/', root))).flatMap((name) =>
      name.endsWith('.md') ? `docs/${name}` : [],
    ),
  ]
  return Promise.all(names.map(async (name) => [name, await read(name)] as [string, string]))
}

describe('the documents', () => {
  test('DOC1 have the table of settings that the settings make', async () => {
    const [, table] = /<!-- made from server\/src\/config\.ts -->\n(.*?)\n<!-- end -->/s.exec(
      await read('docs/operations.md'),
    ) as RegExpExecArray
    expect(bare(table as string)).toBe(bare(configTable()))
  })

  test('DOC2 name every variable of the look, and none that is not there', async () => {
    const names = (text: string) => new Set(text.match(/--halley-[a-z-]+/g))
    const css = await Promise.all(
      ['widget/src/view/feed.css', 'widget/src/view/poster/poster.css'].map((path) => read(path)),
    )
    expect([...names(await read('docs/widget.md'))].sort()).toEqual([...names(css.join())].sort())
  })

  test('DOC3 link to files that are there', async () => {
    for (const [name, text] of await documents()) {
      for (const [, path] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
        await expect(
          access(new URL(path as string, new URL(name, root))),
          `${name} → ${path}`,
        ).resolves.toBeUndefined()
      }
    }
  })
})
