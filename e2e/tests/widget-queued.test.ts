import { expect, test } from 'vitest'
import { plainPage, tag } from '../parts/host-page.ts'
import { texts, widgetStage } from '../parts/widget-stage.ts'

const stage = widgetStage()

/** Posts are answered as in an outage; what becomes of them is asked for, and `fate` answers the second time. */
async function posting(fate: { status: number; json: object }) {
  const { room } = await stage.filledRoom(1)
  const { page } = await stage.visit('')
  const asked: string[] = []
  await page.route('**/items{,/*}', async (route) => {
    const request = route.request()
    const id = request.method() === 'POST' ? request.postDataJSON().id : request.url().split('/items/')[1]
    if (!id) return route.continue()
    asked.push(request.method())
    const headers = { 'access-control-allow-origin': '*' }
    if (asked.length < 3) await route.fulfill({ status: 202, json: { id, status: 'queued' }, headers })
    else await route.fulfill({ status: fate.status, json: { id, ...fate.json }, headers })
  })
  await page.setContent(plainPage(tag(stage.server.url, room)))
  await page.getByRole('textbox', { name: 'Your name' }).fill('Kevin')
  await page.getByRole('textbox', { name: 'Write something…' }).fill('from an outage')
  await page.getByRole('button', { name: 'Post' }).click()
  await page.getByText('Sending…').waitFor()
  return { page, asked }
}

test('FEED30 says that a queued post was refused once it is, and asks no more', async () => {
  const { page, asked } = await posting({ status: 422, json: { code: 'rejected' } })
  await page.locator('[part=outgoing]', { hasText: 'Not accepted in this room.' }).waitFor()
  expect(asked).toEqual(['POST', 'GET', 'GET'])
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.locator('[part=outgoing]').waitFor({ state: 'detached' })
})

test('FEED30 says that a queued post waits for a moderator once it does', async () => {
  const { page, asked } = await posting({ status: 200, json: { rev: 9, seq: null, held: true } })
  await page.locator('[part=outgoing][data-state=held]').waitFor()
  expect(asked).toEqual(['POST', 'GET', 'GET'])
})

test('FEED30 shows a queued post once it is stored, also where the stream has not told it', async () => {
  const author = { name: 'Kevin' }
  const text = 'from an outage'
  const item = { rev: 9, seq: 9, author, text, body: [{ type: 'paragraph', children: [text] }] }
  const { page } = await posting({ status: 200, json: { ...item, postedAt: '2026-03-14T15:00:00Z' } })
  await page.locator('article', { hasText: text }).waitFor()
  expect(await page.locator('[part=outgoing]').count()).toBe(0)
  expect(await texts(page)).toEqual([text, 'item 1'])
})
