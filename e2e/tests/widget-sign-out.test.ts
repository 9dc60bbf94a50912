import { expect, test } from 'vitest'
import { halley } from '../parts/command-line.ts'
import { plainPage, tag } from '../parts/host-page.ts'
import { widgetStage } from '../parts/widget-stage.ts'

const stage = widgetStage()
const live = '[part=bar][data-state=live]'

/** A page with `getToken` for Tom, which gives what is in `token`. */
async function asTom(room: string, ...more: string[]): Promise<string> {
  const site = room.split('/')[0] as string
  await halley(stage.server, 'secret', 'create', site, '--allow-roles')
  const jwt = await halley(stage.server, 'token', 'create', site, '--sub', 'tom', '--name', 'Tom', ...more)
  return `window.token = '${jwt}'; window.halley = { getToken: () => token }`
}

test.each([
  ['gives nothing', 'token = undefined'],
  ['is taken away', 'delete halley.getToken'],
])(
  'FEED29 leaves nothing of a private room to somebody who has signed out, where getToken %s',
  async (_how, signOut) => {
    const made = await stage.filledRoom(2)
    const { room } = made
    const { id } = await made.ada.post('the pinned one')
    await stage.moderate(made, id, 'POST', '/pin')
    await halley(stage.server, 'room', 'update', room, '--visibility', 'private')
    const { page } = await stage.visit(plainPage(tag(stage.server.url, room)), { before: await asTom(room) })
    // What is posted stays on its way.
    await page.route('**/items', (route) =>
      route.request().method() === 'GET' ? route.continue() : undefined,
    )
    await page.locator(live).waitFor({ state: 'attached' })
    if (signOut.startsWith('token')) {
      await page.getByRole('textbox', { name: 'Write something…' }).fill('what Tom wrote')
      await page.getByRole('button', { name: 'Post' }).click()
      await page.locator('[part=outgoing]').waitFor()
    }
    await page.evaluate(`${signOut}; document.querySelector('halley-feed').refresh()`)
    await page.getByText('No such room.').waitFor()
    for (const part of ['article', '[part=pinned]', '[part=outgoing]', 'textarea', '[aria-label=Keynote]'])
      expect(await page.locator(part).count(), part).toBe(0)
    const again = await asTom(room)
    await page.evaluate(`${again}; document.querySelector('halley-feed').refresh()`)
    await page.locator('article', { hasText: 'item 2' }).waitFor()
    await page.locator(live).waitFor({ state: 'attached' })
    expect(await page.locator('article').count()).toBe(3)
  },
)
