import type { PollAnswer } from '@halley/shared'
import { expect, it } from 'vitest'
import { until } from '../../../e2e/parts/until.ts'
import { testApp } from '../test-app.ts'
import { listen, newPlace } from './test-place.ts'

const test = await testApp()
const url = await listen(test)

async function poll(query: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${url}/v1/poll?${query}`, { headers })
  return {
    status: answer.status,
    headers: answer.headers,
    body: (await answer.json()) as PollAnswer & { code?: string },
  }
}

it('POLL1 answers at once where there is something to tell, and is cached by nobody', async () => {
  const place = await newPlace(test)
  const { position } = await place.post('one')
  await place.post('two')
  const { headers, body } = await poll(`room=${place.address}@${position}&wait=25`)
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(body.frames).toMatchObject([{ type: 'joined', after: 1, changes: [{ rev: 2 }] }])
})

it('POLL10 what an asker has read counts no more against what their network may leave unread', async () => {
  const place = await newPlace(test)
  const { position } = await place.post('one')
  for (let n = 0; n < 24; n += 1) await place.post('y'.repeat(3900))
  for (let n = 0; n < 90; n += 1) {
    const { body } = await poll(`room=${place.address}@${position}&wait=0`)
    expect(body.frames[0], `answer ${n}`).toMatchObject({ type: 'joined', after: 1 })
  }
}, 60_000)

it('POLL2 answers at once where no position is given, so that the next can tell what happens in between', async () => {
  const place = await newPlace(test)
  const { position } = await place.post('one')
  const { body } = await poll(`room=${place.address}&wait=25`)
  expect(body.frames).toMatchObject([{ type: 'joined', position, changes: [] }])
})

it('POLL3 waits for what happens next', async () => {
  const place = await newPlace(test)
  const { position } = await place.post('one')
  let answered = false
  const waiting = poll(`room=${place.address}@${position}&wait=25`).finally(() => {
    answered = true
  })
  await until('the poll to wait', () => test.hub.counts().readers === 1)
  expect(answered).toBe(false)
  await place.post('two')
  const { body } = await waiting
  expect(body.frames).toMatchObject([
    { type: 'joined', after: 1, position, changes: [] },
    { type: 'changes', after: 1, changes: [{ rev: 2 }] },
  ])
  await until('the poll to be over', () => test.hub.counts().readers === 0)
})

it('POLL4 answers with where the rooms are when nothing happens for so long', async () => {
  const place = await newPlace(test)
  const { position } = await place.post('one')
  for (const wait of [0, 1]) {
    const { body } = await poll(`room=${place.address}@${position}&wait=${wait}`)
    expect(body.frames).toMatchObject([{ type: 'joined', after: 1, position, changes: [] }])
  }
})

it('POLL5 loses nothing with an answer that never arrives', async () => {
  const place = await newPlace(test)
  const { position } = await place.post('one')
  await place.post('two')
  const query = `room=${place.address}@${position}&wait=0`
  const first = await poll(query)
  const again = await poll(query)
  expect(again.body).toEqual(first.body)
})

it('POLL6 follows whoever goes away in the middle no longer', async () => {
  const place = await newPlace(test)
  const { position } = await place.post('one')
  const aborter = new AbortController()
  const gone = fetch(`${url}/v1/poll?room=${place.address}@${position}`, { signal: aborter.signal })
  await until('the poll to wait', () => test.hub.counts().readers === 1)
  aborter.abort()
  await expect(gone).rejects.toThrow()
  await until('the poll to be over', () => test.hub.counts().readers === 0)
})

it.each([
  ['wait=-1', 'bad-request'],
  ['wait=26', 'bad-request'],
  ['wait=NaN', 'bad-request'],
])('POLL7 refuses %s', async (query, code) => {
  const place = await newPlace(test)
  const { status, body } = await poll(`room=${place.address}&${query}`)
  expect([status, body.code]).toEqual([400, code])
})
