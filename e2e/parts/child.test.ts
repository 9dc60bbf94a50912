import { expect, test } from 'vitest'
import { Child } from './child.ts'

test('PARTS9 a program that ends instead of beginning is told of at once, with what it said and how it ended', async () => {
  const child = new Child(process.execPath, ['-e', 'console.log("no disk"); process.exit(3)'], 'SIGTERM')
  const refused = () => Promise.reject(new Error('nobody listens'))
  await expect(child.begun('it to answer', refused, Number.POSITIVE_INFINITY)).rejects.toMatchObject({
    message: expect.stringContaining('no disk'),
    cause: new Error('it has ended: 3'),
  })
}, 30_000)

test('PARTS9 a program that has begun is told of with what its beginning gave', async () => {
  const child = new Child(
    process.execPath,
    ['-e', 'console.log("here"); setInterval(() => {}, 1e9)'],
    'SIGTERM',
  )
  expect(await child.begun('it to speak', () => child.output.trim())).toBe('here')
  await child.end('SIGTERM')
})
