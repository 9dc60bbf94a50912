import type {} from '@fastify/swagger'
import { expect, test } from 'vitest'
import { testApp } from './test-app.ts'

const { app } = await testApp()

test('HTTP7 the reference has every route of the API, with the shape of its requests', async () => {
  const answer = await app.inject('/docs/openapi.json')
  const { paths } = answer.json()
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining([
      '/v1/rooms/{site}/{room}',
      '/v1/rooms/{site}/{room}/items',
      '/v1/poll',
      '/v1/stream',
    ]),
  )
  const post = paths['/v1/rooms/{site}/{room}/items'].post
  expect(post.requestBody.content['application/json'].schema.required).toEqual(['text'])
  expect(Object.keys(post.responses)).toEqual(['200', '201', '202', 'default'])
})

test('HTTP7 the reference asks nobody else', async () => {
  const page = await app.inject('/docs/')
  expect(page.headers['content-security-policy']).toContain("default-src 'none'")
  expect(page.body).not.toMatch(/(src|href)="?https?:/)
})
