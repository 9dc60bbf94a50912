/** What went wrong, by name: its HTTP status, what a person may read, and whether the same request may be tried again. */
interface ErrorKind {
  readonly status: number
  readonly title: string
  readonly retry: boolean
}

const kind = (status: number, title: string, retry = false): ErrorKind => ({ status, title, retry })

/** Every error that leaves the server, by code. Clients act on the code, never on text. */
export const ERRORS = {
  'bad-json': kind(400, 'The body is not JSON'),
  'bad-request': kind(400, 'The request does not have the shape that is asked for'),
  'bad-text': kind(400, 'The text has characters that cannot be stored'),
  'bad-position': kind(400, 'The position is not one of this server'),
  'bad-cursor': kind(400, 'The cursor is not one of this room'),
  'media-unsupported': kind(400, 'Items cannot carry media yet'),
  'author-required': kind(400, 'A display name is needed'),
  'name-reserved': kind(400, 'That name is kept for the people who run this room'),
  'sign-in-required': kind(401, 'Sign in to do this'),
  'token-invalid': kind(401, 'The token is not valid here'),
  'token-expired': kind(401, 'The token has expired'),
  forbidden: kind(403, 'That is not allowed'),
  'origin-forbidden': kind(403, 'Pages of this origin may not use this site'),
  'room-closed': kind(403, 'The room is closed'),
  'edit-window-over': kind(403, 'It can no longer be changed'),
  'room-unknown': kind(404, 'There is no such room'),
  'item-unknown': kind(404, 'There is no such item'),
  'not-found': kind(404, 'There is nothing here'),
  'method-not-allowed': kind(405, 'That method is not allowed here'),
  'id-taken': kind(409, 'Another item has this id'),
  'site-gone': kind(410, 'This site has left: its tags can be taken out of pages'),
  'item-removed': kind(410, 'The item was removed'),
  changed: kind(412, 'It has changed since you read it'),
  'too-large': kind(413, 'The request is too large'),
  'text-too-long': kind(413, 'The text is too long'),
  'media-type': kind(415, 'The content type must be application/json'),
  'role-elsewhere': kind(421, 'This server does not do that: another one of the same service does', true),
  rejected: kind(422, 'The post was not accepted'),
  'too-many-requests': kind(429, 'Too many requests', true),
  internal: kind(500, 'Something went wrong here', true),
  'outcome-unknown': kind(
    503,
    'It is not known whether this was stored: send it again with the same id',
    true,
  ),
  unavailable: kind(503, 'The room cannot be reached just now', true),
  draining: kind(503, 'This server is going away', true),
  'unknown-frame': kind(400, 'A frame of unknown type'),
  'not-joined': kind(400, 'That room is not joined on this connection'),
  'too-many-rooms': kind(400, 'Too many rooms on one connection'),
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof ERRORS

/** WebSocket close codes: whether and how to come back. */
export const CLOSE_CODES = {
  /** The server goes away: come back with positions after the time that `goaway` named. */
  goaway: { code: 1012, retry: true },
  /** The reader did not keep up: come back with positions. */
  slow: { code: 4000, retry: true },
  /** Nothing was heard for too long. */
  silent: { code: 4001, retry: true },
  /** Frames of a kind that no honest client sends. */
  misuse: { code: 4100, retry: false },
  'too-large': { code: 1009, retry: false },
  'too-many': { code: 4101, retry: true },
  internal: { code: 1011, retry: true },
} as const
export type CloseReason = keyof typeof CLOSE_CODES
