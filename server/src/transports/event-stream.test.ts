import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { until } from '../../../e2e/parts/until.ts'
import { testApp } from '../test-app.ts'
import { readEvents, type StreamEvent } from './test-follower.ts'
import { listen, newPlace } from './test-place.ts'

const test = await testApp()
const url = await listen(test)

interface Stream {
  readonly answer: Response
  readonly events: StreamEvent[]
  stop(): void
}

async function open(path: string, headers: Record<string, string> = {}): Promise<Stream> {
  const aborter = new AbortController()
  onTestFinished(() => aborter.abort())
  const answer = await fetch(`${url}/v1/stream${path}`, { headers, signal: aborter.signal })
  const events: StreamEvent[] = []
  const read = async () => {
    for await (const event of readEvents(answer)) events.push(event)
  }
  if (answer.ok) read().catch(() => {})
  return { answer, events, stop: () => aborter.abort() }
}

const lastId = ({ events }: Stream) => events.findLast(({ id }) => id !== undefined)?.id
const told = ({ events }: Stream) => events.map(({ data }) => data ?? '').join('\n')

it('SSE1 is read by any page at once, through any proxy', async () => {
  const place = await newPlace(test)
  const { answer } = await open(`?room=${place.address}`, { origin: 'https://any.example' })
  expect(answer.status).toBe(200)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    'access-control-allow-origin': '*',
    'x-content-type-options': 'nosniff',
  })
  const raw = await fetch(`${url}/v1/stream?room=${place.address}`)
  const reader = (raw.body as ReadableStream<Uint8Array>).getReader()
  const { value } = await reader.read()
  expect(value?.length).toBeGreaterThan(2048)
  await reader.cancel()
})

it('SSE2 resumes from the last id, which counts more than the address', async () => {
  const place = await newPlace(test)
  const { position } = await place.post('one')
  const first = await open(`?room=${place.address}@${position}`)
  await place.post('two')
  await until('the post', () => told(first).includes('"two"'))
  const id = lastId(first) as string
  expect(id).toBe(`${place.address}@${position.replace(/1$/, '2')}`)
  first.stop()
  await place.post('three')
  const second = await open(`?room=${place.address}@${position}`, { 'last-event-id': id })
  await until('what was missed', () => told(second).includes('"three"'))
  expect(told(second)).not.toContain('"two"')
})

it('SSE3 gives ids that hold the positions of all rooms and never lead what was sent', async () => {
  const places = await Promise.all([newPlace(test), newPlace(test)])
  const positions = await Promise.all(places.map(async ({ post }) => (await post('first')).position))
  const query = places.map(({ address }, i) => `room=${address}@${positions[i]}`).join('&')
  const stream = await open(`?${query}`)
  const second = await places[1]?.post('second')
  await until('the id after it', () => lastId(stream)?.includes(second?.position as string))
  expect(lastId(stream)).toBe(
    `${places[0]?.address}@${positions[0]},${places[1]?.address}@${second?.position}`,
  )
  const at = stream.events.findIndex(({ id }) => id?.includes(second?.position as string))
  expect(stream.events.slice(0, at).some(({ data }) => data?.includes('second'))).toBe(true)
  stream.stop()
  await places[0]?.post('third')
  const again = await open(`?${query}`, { 'last-event-id': lastId(stream) as string })
  await until('what was missed', () => told(again).includes('"third"'))
  expect(told(again)).not.toContain('"second"')
})

it.each([
  ['', 'bad-request'],
  ['?room=', 'bad-request'],
  ['?room=nothing', 'bad-request'],
  ['?room=a/b/c', 'bad-request'],
  ['?room=a/b@', 'bad-position'],
  ['?room=a/b@-1', 'bad-position'],
  ['?room=a/b@k3f9:1@k3f9:2', 'bad-position'],
  ['?room=a/b&view=owner', 'bad-request'],
])('SSE4 refuses the address "%s" as %s', async (path, code) => {
  const { answer } = await open(path)
  expect([answer.status, (await answer.json()).code]).toEqual([400, code])
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
})

it.each(['nonsense', 'a/b@', 'a/b@k3f9:1,', 'a/b@k3f9:9007199254740992', `a/b@${'9'.repeat(9000)}`])(
  'SSE5 refuses a last id that it never gave (%#)',
  async (id) => {
    const place = await newPlace(test)
    const { answer } = await open(`?room=${place.address}`, { 'last-event-id': id })
    expect([answer.status, (await answer.json()).code]).toEqual([400, 'bad-position'])
  },
)

it('SSE6 refuses what is joined in a body where that is wrong', async () => {
  const post = async (body: string, type = 'application/json') => {
    const answer = await fetch(`${url}/v1/stream`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    })
    return [answer.status, (await answer.json()).code]
  }
  const rooms = Array.from({ length: 101 }, (_, i) => ({ room: `a/b${i}` }))
  expect(await post('{')).toEqual([400, 'bad-json'])
  expect(await post('{}')).toEqual([400, 'bad-request'])
  expect(await post('{"joins":[]}')).toEqual([400, 'bad-request'])
  expect(await post('{"joins":[{"room":7}]}')).toEqual([400, 'bad-request'])
  expect(await post(JSON.stringify({ joins: rooms }))).toEqual([400, 'bad-request'])
  expect(await post('{"joins":[{"room":"a/b","since":"x"}]}')).toEqual([400, 'bad-position'])
  expect(await post('{"joins":[{"room":"a/b"}],"__proto__":{}}')).toEqual([400, 'bad-request'])
  expect(await post(`{"joins":[{"room":"a/b"}],"x":"${'x'.repeat(1_048_576)}"}`)).toEqual([413, 'too-large'])
  expect(await post('{"joins":[{"room":"a/b"}]}', 'text/plain')).toEqual([415, 'media-type'])
  expect(await post('{"joins":[{"room":"a/b","later":1}],"later":2}')).toEqual([404, 'room-unknown'])
})

it('SSE8 keeps nothing open for whoever goes before their stream has begun', async () => {
  const site = await test.site()
  for (let i = 0; i < 40; i += 1) {
    const { address } = await test.room(site)
    const going = request(`${url}/v1/stream?room=${address}`)
    going.on('error', () => {})
    going.end()
    // Wherever the server is by then: looking for the room, admitting them, opening the stream.
    await sleep(i / 4)
    going.destroy()
  }
  const { address } = await test.room(site)
  const last = await open(`?room=${address}`)
  await until('the last to have joined', () => told(last).includes('joined'))
  await until('nobody else to follow', () => test.hub.counts().readers === 1)
})
