import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { ERRORS, type ErrorCode, type Problem as ProblemBody } from '@halley/shared'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { metrics } from './metrics/metrics.ts'
import { noteMistake } from './metrics/mistakes.ts'
import { Problem } from './problem.ts'

/** What Fastify's own errors are called here. */
const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media-type',
  FST_ERR_CTP_EMPTY_TYPE: 'media-type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'bad-json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'bad-json',
  FST_ERR_BAD_URL: 'not-found',
  FST_ERR_NOT_FOUND: 'not-found',
}

/** Fields whose wrongness has a name of its own. */
const FIELD_CODES: Readonly<Record<string, ErrorCode>> = {
  'params/site': 'room-unknown',
  'params/room': 'room-unknown',
  'querystring/before': 'bad-cursor',
  'querystring/after': 'bad-cursor',
  'querystring/since': 'bad-position',
}

/** Tags stay in pages for years: caches answer them, and who brings a site back waits for no longer than this. */
const GONE = 'public, max-age=3600'

interface Told {
  readonly code: ErrorCode
  readonly detail?: string | undefined
  readonly pointer?: string
  readonly retryAfter?: number | undefined
}

function tellValidation(error: FastifyError): Told {
  const first = error.validation?.[0]
  const missing = (first?.params as { requiredProperties?: string[] } | undefined)?.requiredProperties?.[0]
  const pointer = `${first?.instancePath ?? ''}${missing === undefined ? '' : `/${missing}`}`
  const code = FIELD_CODES[`${error.validationContext}${pointer}`] ?? 'bad-request'
  if (code === 'room-unknown') return { code }
  return { code, detail: first?.message, pointer: pointer || '/' }
}

function tell(error: FastifyError | Problem): Told {
  if (error instanceof Problem) return error
  if (error.validation) return tellValidation(error)
  const named = FASTIFY_CODES[error.code]
  if (named) return { code: named }
  const status = error.statusCode ?? 500
  return status >= 400 && status < 500 ? { code: 'bad-request' } : { code: 'internal' }
}

/** RFC 9457. What went wrong inside is for the log, never for the caller. */
function toProblem({ code, detail, pointer }: Told): ProblemBody {
  const { status, title } = ERRORS[code]
  const problem = { type: `urn:halley:error:${code}`, title, status, code }
  if (status >= 500) return problem
  return { ...problem, ...(detail && { detail }), ...(pointer && { pointer }) }
}

export function sendProblem(reply: FastifyReply, told: Told): FastifyReply {
  metrics.problems.inc({ code: told.code })
  const problem = toProblem(told)
  if (told.retryAfter !== undefined) reply.header('retry-after', Math.ceil(told.retryAfter))
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  return reply
    .code(problem.status)
    .header('cache-control', told.code === 'site-gone' ? GONE : 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(problem))
}

/** Turns whatever was thrown into its problem; only what is our own fault is logged. */
export function handleError(
  error: FastifyError | Problem,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const told = tell(error)
  if (ERRORS[told.code].status >= 500) logFailure(error, told.code, request)
  return sendProblem(reply, told)
}

/** In an outage every request says the same: a line each, without a stack, and what is no outage stands out. */
function logFailure(error: FastifyError | Problem, code: ErrorCode, request: FastifyRequest): void {
  const about = { method: request.method, route: request.routeOptions?.url, ...roomOf(request) }
  if (error instanceof Problem && code !== 'internal')
    request.log.warn({ code, ...about }, 'a request could not be served')
  else {
    noteMistake(error)
    request.log.error({ err: error, ...about }, 'a request failed')
  }
}

/** The room that a request is about, where its address names one. */
function roomOf({ params }: FastifyRequest): { room?: string } {
  const { site, room } = (params ?? {}) as { site?: string; room?: string }
  return site !== undefined && room !== undefined ? { room: `${site}/${room}` } : {}
}

/** Answers what is no HTTP, came too slowly, or has a head that is too long, for which there is no request. */
export function refuseUnreadable(error: { readonly code?: string }, socket: Socket): void {
  const code = error.code === 'HPE_HEADER_OVERFLOW' ? 'too-large' : 'bad-request'
  const problem = toProblem({ code })
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'content-type: application/problem+json; charset=utf-8',
    'cache-control: no-store',
    'access-control-allow-origin: *',
    'x-content-type-options: nosniff',
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${JSON.stringify(problem)}`)
}
