import { expect, onTestFinished, test } from 'vitest'
import { until } from '../../../e2e/parts/until.ts'
import type { RoomId } from '../rooms/room.ts'
import type { RoomNews } from './bus.ts'
import { type WorkerBuses, workerBuses } from './test-worker-buses.ts'

const room = 7 as RoomId
const news = (to: number): RoomNews => ({ epoch: 'k3f9', after: to - 1, to, changes: [] })

async function join(count: number): Promise<WorkerBuses> {
  const joined = await workerBuses(count)
  onTestFinished(joined.stop)
  return joined
}

test('CREW7 news goes to the workers that serve its room, and is the primary process’s too', async () => {
  const { relay, buses } = await join(3)
  const heard: number[][] = [[], []]
  for (const index of [0, 1]) await buses[index]?.subscribe(room, ({ to }) => heard[index]?.push(to)).ready
  buses[2]?.publish(room, news(1))
  await until('both to hear', () => heard.every((list) => list.length === 1))
  relay.publish(room, news(2))
  await until('both to hear', () => heard.every((list) => list.length === 2))
  expect(heard).toEqual([
    [1, 2],
    [1, 2],
  ])
})

test('CREW7 a subscription that is ended and made again at once hears all that follows', async () => {
  const { buses } = await join(2)
  const heard: number[] = []
  for (let round = 1; round <= 50; round += 1) {
    const subscription = buses[1]?.subscribe(room, ({ to }) => heard.push(to))
    subscription?.end()
    const again = buses[1]?.subscribe(room, ({ to }) => heard.push(to))
    await again?.ready
    buses[0]?.publish(room, news(round))
    await until('the news', () => heard.at(-1) === round)
    again?.end()
  }
  expect(heard).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
})

test('CREW7 a worker whose channel has closed is not connected, and the others go on', async () => {
  const { buses, cut } = await join(3)
  const heard: number[] = []
  await buses[1]?.subscribe(room, ({ to }) => heard.push(to)).ready
  await buses[2]?.subscribe(room, ({ to }) => heard.push(to)).ready
  cut(1)
  await until('it to notice', () => !buses[1]?.connected())
  buses[1]?.publish(room, news(1))
  buses[0]?.publish(room, news(2))
  await until('the news', () => heard.includes(2))
  expect(heard).toEqual([1, 2])
  expect(buses[0]?.connected()).toBe(true)
})
