import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { guest, testApp } from '../test-app.ts'

const { app, ...make } = await testApp()
const site = await make.site()
const room = await make.room(site, { posting: 'guests' })

test('POST1 answers 201 with the item and the position at which it is there', async () => {
  const answer = await app.inject({
    method: 'POST',
    url: `/v1/rooms/${room.address}/items`,
    headers: { authorization: guest() },
    payload: { id: randomUUID(), author: { name: 'Ada' }, text: 'Hello *there*' },
  })
  expect(answer.statusCode).toBe(201)
  expect(answer.json()).toMatchObject({
    item: { seq: 1, rev: 1, author: { name: 'Ada' }, text: 'Hello there' },
  })
  expect(answer.json().position).toMatch(/^[0-9a-z]+:1$/)
})
