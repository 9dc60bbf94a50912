import { expect, test } from 'vitest'
import { halley } from '../parts/command-line.ts'
import { plainPage, tag } from '../parts/host-page.ts'
import { widgetStage } from '../parts/widget-stage.ts'

const stage = widgetStage()
const state = (name: string) => `[part=bar][data-state=${name}]`

test('CONN21 shows a room while the page does not say who reads, and the private one once it does', async () => {
  const open = await stage.room()
  await open.ada.post('for everybody')
  const secret = await stage.filledRoom(2)
  const { id } = await secret.ada.post('to be pinned')
  const site = secret.room.split('/')[0] as string
  await halley(stage.server, 'room', 'update', secret.room, '--visibility', 'private')
  await halley(stage.server, 'secret', 'create', site)
  const jwt = await halley(stage.server, 'token', 'create', site, '--sub', 'ines', '--name', 'Ines')
  const before = `window.halley = {
    getToken: (site) => new Promise((tell) => { if (site === '${site}') window.tell = tell }),
  }`
  const html = plainPage(tag(stage.server.url, open.room) + tag(stage.server.url, secret.room))
  const { page } = await stage.visit(html, { before })
  await page.getByText('for everybody').waitFor()
  await page.locator(state('failed')).waitFor({ state: 'attached' })
  await page.evaluate(`tell('${jwt}')`)
  await page.getByText('item 2').waitFor()
  await page.locator(state('failed')).waitFor({ state: 'detached' })
  await stage.moderate(secret, id, 'POST', '/pin')
  await page.locator('[part=pinned]').waitFor()
})

test('FEED31 posts as the same guest from two tabs that were open before', async () => {
  const { room } = await stage.filledRoom(1)
  const { page } = await stage.visit(plainPage(tag(stage.server.url, room)))
  const other = await page.context().newPage()
  await other.goto(page.url())
  for (const tab of [page, other]) await tab.locator(state('live')).waitFor({ state: 'attached' })
  const tokens: (string | undefined)[] = []
  for (const [n, tab] of [page, other, page].entries()) {
    await tab.getByRole('textbox', { name: 'Your name' }).fill('Kevin')
    await tab.getByRole('textbox', { name: 'Write something…' }).fill(`tab ${n}`)
    const sent = tab.waitForRequest((request) => request.method() === 'POST')
    await tab.getByRole('button', { name: 'Post' }).click()
    tokens.push((await sent).headers().authorization)
    for (const each of [page, other]) await each.locator('article', { hasText: `tab ${n}` }).waitFor()
  }
  expect(tokens[0]).toMatch(/^Guest /)
  expect(new Set(tokens).size).toBe(1)
  const kept = await page.evaluate((site) => localStorage.getItem(`halley:${site}`), room.split('/')[0])
  expect(JSON.parse(kept as string).own).toHaveLength(3)
})
