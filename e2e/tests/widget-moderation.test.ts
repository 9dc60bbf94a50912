import { randomBytes, randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { halley } from '../parts/command-line.ts'
import { plainPage, tag } from '../parts/host-page.ts'
import { widgetStage } from '../parts/widget-stage.ts'

const stage = widgetStage()

test('MOD9 a moderator lets through what they have read, and nothing that it became meanwhile', async () => {
  const { room, moderator } = await stage.room()
  const site = room.split('/')[0] as string
  await halley(stage.server, 'room', 'update', room, '--hold-posts')
  await halley(stage.server, 'secret', 'create', site, '--allow-roles')
  const ines = ['--sub', 'ines', '--name', 'Ines', '--role', 'moderator']
  const jwt = await halley(stage.server, 'token', 'create', site, ...ines)

  const id = randomUUID()
  const items = `${stage.server.url}/v1/rooms/${room}/items`
  const authorization = `Guest ${randomBytes(32).toString('base64url')}`
  const ada = (path: string, method: string, body: object) =>
    fetch(`${items}${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  expect((await ada('', 'POST', { id, text: 'harmless', author: { name: 'Ada' } })).status).toBe(202)

  const before = `window.halley = { getToken: () => ${JSON.stringify(jwt)} }`
  const { page } = await stage.visit(plainPage(tag(stage.server.url, room)), { before })
  const article = page.locator('article', { hasText: 'harmless' })
  await article.getByRole('button', { name: 'More' }).click()
  await page.route('**/release', async (route) => {
    expect((await ada(`/${id}`, 'PATCH', { text: 'an advertisement' })).status).toBe(200)
    await route.continue()
  })
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.url().endsWith('/release')),
    page.getByRole('menuitem', { name: 'Publish' }).click(),
  ])
  expect(answer.status()).toBe(412)
  const item = await fetch(`${items}/${id}?view=staff`, { headers: { authorization: moderator } })
  expect(await item.json()).toMatchObject({ text: 'an advertisement', held: true })
})
