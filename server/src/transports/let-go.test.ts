import { expect, it, onTestFinished } from 'vitest'
import { collectGarbage } from '../../../e2e/parts/collect-garbage.ts'
import { until } from '../../../e2e/parts/until.ts'
import { testApp } from '../test-app.ts'
import { FOLLOW } from './test-follower.ts'
import { listen, newPlace } from './test-place.ts'

const test = await testApp()
const url = await listen(test)

it.each([
  ['socket', 'upgrade'],
  ['stream', 'request'],
] as const)(
  'WIRE18 an open %s holds on to nothing of the request that it began with, and is told everything',
  async (transport, event) => {
    const place = await newPlace(test)
    const begun: WeakRef<object>[] = []
    const note = (...parts: object[]): void => {
      for (const part of event === 'request' ? parts : parts.slice(0, 1)) begun.push(new WeakRef(part))
    }
    test.app.server.prependOnceListener(event, note)
    const follower = FOLLOW[transport](url, [{ room: place.address }])
    onTestFinished(() => follower.stop())
    await until('the join', () => follower.frames.some(({ type }) => type === 'joined'))
    expect(begun).toHaveLength(event === 'request' ? 2 : 1)
    await until('that they are let go of', () => {
      collectGarbage()
      return begun.every((part) => part.deref() === undefined)
    })
    await place.post('still here')
    await until('the post', () => JSON.stringify(follower.frames).includes('still here'))
  },
)
