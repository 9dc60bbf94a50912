import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { pass } from './race/test-room.ts'
import { SendPass } from './send-pass.ts'
import { Turns } from './turns.ts'

/** Milliseconds that sending has taken without giving the event loop a turn; stopped time stands beside it. */
let spent = 0
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  spent = 0
  const stopped = performance.now.bind(performance)
  vi.spyOn(performance, 'now').mockImplementation(() => stopped() + spent)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** Lets the event loop turn until it has nothing left to do at this moment. */
async function turn(): Promise<void> {
  for (let turns = 0; turns < 100; turns++) await new Promise((resolve) => setImmediate(resolve))
}

/** Sending to each of `count` members takes `cost` milliseconds; `visits` says when each was reached. */
function passOver(count: number, cost: number) {
  const visits: number[] = []
  const sendPass = new SendPass({
    turns: new Turns(),
    members: Array.from({ length: count }, (_, index) => index),
    deliver: () => {
      visits.push(performance.now())
      spent += cost
    },
    onEnd: () => {},
  })
  return { sendPass, visits }
}

test('FAN15 what is due in a quiet room leaves in the turn in which it came, all of it at once', async () => {
  const { sendPass, visits } = passOver(3, 0)
  for (let count = 0; count < 10; count++) sendPass.request(1)
  expect(visits).toHaveLength(0)
  await turn()
  expect(visits).toHaveLength(3)
  await pass(50)
  sendPass.request(1)
  await turn()
  expect(visits).toHaveLength(6)
})

test('FAN16 a pass over many readers gives way to whatever else the event loop has', async () => {
  const { sendPass, visits } = passOver(1000, 0.1)
  const seen: number[] = []
  const look = (): void => {
    seen.push(visits.length)
    if (visits.length < 1000) setImmediate(look)
  }
  sendPass.request(1)
  setImmediate(look)
  await turn()
  expect(visits).toHaveLength(1000)
  expect(seen.length).toBeGreaterThanOrEqual(20)
})

test('FAN17 after a pass of 10 ms the next one comes 10 ms later, and with much due it comes at once', async () => {
  const { sendPass, visits } = passOver(100, 0.1)
  sendPass.request(1)
  await turn()
  expect(visits).toHaveLength(100)
  sendPass.request(1)
  await pass(8)
  await turn()
  expect(visits).toHaveLength(100)
  await pass(3)
  await turn()
  expect(visits).toHaveLength(200)
  sendPass.request(1)
  sendPass.request(70)
  await turn()
  expect(visits).toHaveLength(300)
})

test('FAN17 however long a pass is, the next one waits for 20 ms at most', async () => {
  const { sendPass, visits } = passOver(100, 1)
  sendPass.request(1)
  await turn()
  sendPass.request(1)
  await pass(18)
  await turn()
  expect(visits).toHaveLength(100)
  await pass(3)
  await turn()
  expect(visits).toHaveLength(200)
})

test('FAN5 a member who changes places in the middle of a pass is not passed over', async () => {
  const members = Array.from({ length: 100 }, (_, index) => index)
  const reached = new Set<number>()
  const sendPass = new SendPass({
    turns: new Turns(),
    members,
    deliver: (member) => {
      reached.add(member)
      spent += 0.1
    },
    onEnd: () => {},
  })
  sendPass.request(1)
  setImmediate(() => {
    members[0] = members.pop() as number
    sendPass.disturbed()
  })
  await turn()
  await pass(20)
  await turn()
  expect(reached).toContain(99)
})
