import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import websocket from '@fastify/websocket'
import { ERRORS, type ErrorCode, LIMITS } from '@halley/shared'
import { pino } from 'pino'
import Type from 'typebox'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openServer } from './open-server.ts'
import { Problem } from './problem.ts'

const lines: string[] = []
const logger = pino({ level: 'warn' }, { write: (line) => void lines.push(line) })
const app = await openServer({ trustProxy: false }, logger)
let received: unknown[] = []
const Note = Type.Object({ text: Type.String(), count: Type.Optional(Type.Integer()) })
const Query = Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1 })) })

app.post('/notes', { schema: { body: Note } }, async (request) => {
  received.push(request.body)
  return { ok: true }
})
app.get('/notes', { schema: { querystring: Query } }, async () => ({ ok: true }))
app.get('/broken', async () => {
  throw new Error('the password is hunter2')
})
app.get('/v1/rooms/:site/:room/broken', async () => {
  throw new Error('broken')
})
app.get<{ Params: { code: ErrorCode } }>('/problems/:code', async (request) => {
  throw new Problem(request.params.code, 'said', 7)
})
app.register(async (scope) => {
  await scope.register(websocket)
  scope.get('/status', async () => ({ ok: true }))
})
beforeAll(async () => {
  await app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => app.close())

function post(payload: string | Buffer, type: string | undefined = 'application/json') {
  return app.inject({
    method: 'POST',
    url: '/notes',
    payload,
    headers: type === '' ? {} : { 'content-type': type },
  })
}

test.each(Object.entries(ERRORS))('HTTP1 tells %s as the table says', async (code, kind) => {
  const answer = await app.inject(`/problems/${code}`)
  expect(answer.statusCode).toBe(kind.status)
  expect(answer.headers['content-type']).toContain('application/problem+json')
  expect(answer.headers['retry-after']).toBe('7')
  expect('www-authenticate' in answer.headers).toBe(kind.status === 401)
  expect(answer.json()).toEqual({
    type: `urn:halley:error:${code}`,
    title: kind.title,
    status: kind.status,
    code,
    ...(kind.status < 500 && { detail: 'said' }),
  })
})

/** Sends what no honest client would, and hears everything until the server hangs up. */
function talk(bytes: string): Promise<string> {
  const { port } = app.server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
  return text(socket)
}

test.each<[string, string, ErrorCode]>([
  ['what is no HTTP', 'hello there\r\n\r\n', 'bad-request'],
  ['a head that is too long', `GET /notes?a=${'a'.repeat(20_000)} HTTP/1.1\r\n\r\n`, 'too-large'],
])('HTTP1 tells of %s', async (_what, bytes, code) => {
  const answer = await talk(bytes)
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${ERRORS[code].status} `))
  expect(answer).toContain('application/problem+json')
  expect(JSON.parse(answer.split('\r\n\r\n')[1] as string)).toMatchObject({ code })
})

test('HTTP11 answers a program that offers another protocol in the one it asked in', async () => {
  const offer = 'Connection: Upgrade, close\r\nUpgrade: h2c\r\n'
  expect(await talk(`GET /status HTTP/1.1\r\nHost: a\r\n${offer}\r\n`)).toMatch(/^HTTP\/1.1 200 /)
})

test('HTTP13 waits a minute for something to move, which is longer than any poll', () => {
  expect(app.server.timeout).toBe(60_000)
  expect(LIMITS.pollWaitSeconds * 1000).toBeLessThan(app.server.timeout)
})

test.each([
  ['that is not read', () => Buffer.alloc(50_000_000)],
  ['that is not there', () => new Promise(() => {})],
])('HTTP13 gives up an exchange in which nothing moves: an answer %s', async (_what, answer) => {
  const impatient = await openServer({ trustProxy: false }, logger, 200)
  onTestFinished(() => impatient.close())
  const given = Promise.withResolvers<boolean>()
  impatient.get('/', async (_request, reply) => {
    reply.raw.once('close', () => given.resolve(reply.raw.writableFinished))
    return answer()
  })
  await impatient.listen({ host: '127.0.0.1', port: 0 })
  const { port } = impatient.server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'))
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  expect(await given.promise).toBe(false)
})

test('HTTP1 keeps what went wrong inside for the log', async () => {
  const answer = await app.inject('/broken')
  expect(answer.statusCode).toBe(500)
  expect(answer.json().code).toBe('internal')
  expect(answer.body).not.toContain('hunter2')
  expect(lines.join('')).toContain('hunter2')
})

test('HTTP14 what went wrong is logged with its request and its room', async () => {
  lines.length = 0
  await app.inject('/v1/rooms/acme/keynote/broken')
  const line = JSON.parse(lines.at(-1) ?? '{}')
  expect(line).toMatchObject({ level: 50, reqId: expect.any(String), room: 'acme/keynote' })
})

test.each<ErrorCode>(['unavailable', 'outcome-unknown', 'draining'])(
  'HTTP12 tells the log of %s in a line without a stack',
  async (code) => {
    lines.length = 0
    await app.inject(`/problems/${code}`)
    const [line, ...more] = lines.map((text) => JSON.parse(text))
    expect(line).toMatchObject({ level: 40, code, method: 'GET', route: '/problems/:code' })
    expect(JSON.stringify(line)).not.toContain('stack')
    expect(more).toEqual([])
  },
)

test.each([
  ['text that is no JSON', '{"text":', 'bad-json'],
  ['a word', 'undefined', 'bad-json'],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]), 'bad-json'],
  ['another type', '{"text":7}', 'bad-request'],
  ['a list', '[]', 'bad-request'],
  ['null', 'null', 'bad-request'],
  ['nothing', '', 'bad-request'],
  ['a missing field', '{}', 'bad-request'],
  ['a number in quotes', '{"text":"a","count":"1"}', 'bad-request'],
  ['a prototype', '{"text":"a","__proto__":{"admin":true}}', 'bad-request'],
  ['a prototype in disguise', '{"text":"a","\\u005f_proto__":{"admin":true}}', 'bad-request'],
  ['a prototype further in', '{"text":"a","more":[{"__proto__":1}]}', 'bad-request'],
  ['a megabyte', JSON.stringify({ text: 'a'.repeat(1_000_000) }), 'too-large'],
])('HTTP2 refuses a body of %s by name', async (_what, payload, code) => {
  received = []
  const answer = await post(payload)
  expect(answer.json()).toMatchObject({ code, status: ERRORS[code as ErrorCode].status })
  expect(received).toEqual([])
})

test.each([
  '',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  ' application/json',
  '\tapplication/json',
  'application/json\t; charset=utf-8',
  'application/json;\tcharset=utf-8',
  'application/json; charset=utf-16',
  'application/json, text/plain',
  'application/jsonp',
])('HTTP2 refuses the content type %j', async (type) => {
  received = []
  const answer = await post('{"text":"a"}', type)
  expect(answer.json().code).toBe('media-type')
  expect(received).toEqual([])
})

test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset=UTF-8'])(
  'HTTP2 takes the content type %s',
  async (type) => {
    expect((await post('{"text":"a"}', type)).statusCode).toBe(200)
  },
)

test('HTTP2 says where a request is wrong', async () => {
  expect((await post('{"text":7}')).json().pointer).toBe('/text')
  expect((await post('{}')).json().pointer).toBe('/text')
  expect((await app.inject('/notes?limit=none')).json()).toMatchObject({
    code: 'bad-request',
    pointer: '/limit',
  })
})

test('HTTP3 lets unknown fields and parameters be', async () => {
  expect((await post('{"text":"about __proto__","mood":"good"}')).statusCode).toBe(200)
  expect((await app.inject('/notes?limit=3&mood=good')).statusCode).toBe(200)
})

test.each(['/nothing', '/notes/1', '/%ff', '/../etc/passwd', '//'])(
  'HTTP4 knows nothing at %s',
  async (url) => {
    const answer = await app.inject(url)
    expect(answer.statusCode).toBe(404)
    expect(answer.json().code).toBe('not-found')
  },
)

test('HTTP4 tells another method apart from another address', async () => {
  const answer = await app.inject({ method: 'PUT', url: '/notes?a=b' })
  expect(answer.json().code).toBe('method-not-allowed')
  expect(answer.headers.allow).toBe('GET, HEAD, POST')
})

test('HTTP5 lets every page read every answer, and never with credentials', async () => {
  const headers = { origin: 'https://page.example' }
  for (const url of ['/notes', '/nothing', '/broken', '/problems/too-many-requests']) {
    const answer = await app.inject({ url, headers })
    expect(answer.headers['access-control-allow-origin']).toBe('*')
    expect(answer.headers['access-control-expose-headers']).toContain('Retry-After')
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials')
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
  }
})

test('HTTP5 answers a page that asks before it posts', async () => {
  const answer = await app.inject({
    method: 'OPTIONS',
    url: '/notes',
    headers: {
      origin: 'https://page.example',
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'authorization,content-type,if-match',
    },
  })
  expect(answer.statusCode).toBe(204)
  expect(answer.headers['access-control-allow-methods']).toContain('PATCH')
  expect(String(answer.headers['access-control-allow-headers']).toLowerCase()).toContain('if-match')
})
