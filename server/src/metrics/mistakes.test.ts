import { expect, test } from 'vitest'
import project from '../../../package.json' with { type: 'json' }
import { testApp } from '../test-app.ts'
import { exceptions, testCollector } from './test-collector.ts'

const { url, received, told } = await testCollector()
const { app } = await testApp({ ERROR_REPORT_URL: url })
app.get('/breaks', async () => {
  throw new TypeError('cannot read "my secret diary"')
})

test('ERR1 a mistake of the server is counted by release and kind, and posted without what people typed', async () => {
  expect((await app.inject('/breaks')).json().code).toBe('internal')
  expect(await exceptions(`where="server",release="${project.version}",code="TypeError"`)).toBe(1)
  expect(await told('TypeError')).toMatchObject({
    product: 'halley',
    where: 'server',
    release: project.version,
    at: expect.arrayContaining([expect.stringMatching(/^mistakes\.test\.ts:\d+:\d+$/)]),
  })
  expect(received.join()).not.toContain('diary')
  await app.inject('/v1/rooms/no/where')
  expect(received).toHaveLength(1)
})
