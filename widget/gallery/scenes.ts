import type { Body, LiveItem } from '@halley/shared'
import type { FeedView, Outgoing, Row } from '../src/feed/feed-view.ts'

/** Minutes before the moment at which the gallery is drawn, which is fixed, so that pictures can be compared. */
export const NOW = Date.parse('2026-03-14T15:26:53Z')
const ago = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString()

let made = 0
const p = (...children: Body): Body[number] => ({ type: 'paragraph', children })

/** An item of the gallery: what matters is said, the rest made up. */
export function item(name: string, minutes: number, body: Body, more: Partial<LiveItem> = {}): LiveItem {
  made += 1
  const id = `0195a000-0000-7000-8000-${String(made).padStart(12, '0')}`
  const text = JSON.stringify(body).replace(/"type":"[^"]*"|"href":"[^"]*"|[[\]{}",]|children|type:/g, ' ')
  return {
    id,
    seq: 1000 - made,
    rev: 1000 - made,
    kind: 'post',
    author: { name },
    body,
    text: text.replace(/\s*:\s*/g, ' ').trim(),
    postedAt: ago(minutes),
    ...more,
  }
}

const link = (href: string, words: string) => ({ type: 'link', href, children: [words] }) as const
const code = (text: string) => ({ type: 'code', children: [text] }) as const
const strong = (text: string) => ({ type: 'strong', children: [text] }) as const

export const TALK: readonly LiveItem[] = [
  item('Priya Raman', 0, [p('Fairing separation confirmed. You could hear the whole room breathe out.')]),
  item(
    'Ada Okafor',
    2,
    [
      p(
        'Main engine cut-off on time, to the second. ',
        strong('Second stage is burning.'),
        ' Next: orbit in about six minutes.',
      ),
    ],
    { author: { name: 'Ada Okafor', role: 'moderator' }, highlight: true },
  ),
  item('木村 葉子', 4, [p('種子島から見ています。すばらしい打ち上げでした！🚀')]),
  item('Jonas Weber', 6, [
    p('For those asking, the telemetry is public. You can follow it with one line:'),
    {
      type: 'code-block',
      language: 'sh',
      children: [
        'curl -N https://telemetry.example/stream?vehicle=kite-2 | jq -c ".altitude_m, .velocity_ms, .downrange_km"',
      ],
    },
    p(
      'and the fields are explained in ',
      link('https://telemetry.example/docs/fields', 'the docs'),
      ' (',
      code('downrange_km'),
      ' is along the ground).',
    ),
  ]),
  item(
    'Maëlle',
    11,
    [
      { type: 'quote', children: [p('Max-Q is where the air pushes back the hardest.')] },
      p(
        'So that is what the shaking was. Thanks, ',
        { type: 'emphasis', children: ['mission control'] },
        '!',
      ),
    ],
    { editedAt: ago(9) },
  ),
  item('سلمى الحداد', 14, [p('من القاهرة: الصورة واضحة تمامًا، والتعليق ممتاز. كم بقي حتى المدار؟')]),
  item(
    'Ada Okafor',
    38,
    [
      p('What to watch for tonight:'),
      {
        type: 'list',
        children: [
          { type: 'list-item', children: ['Lift-off at 15:12 UTC'] },
          {
            type: 'list-item',
            children: ['Booster landing on the ', link('https://ships.example/petrel', 'Petrel')],
          },
          { type: 'list-item', children: ['Deployment of 14 small satellites, one every 40 seconds'] },
        ],
      },
    ],
    { author: { name: 'Ada Okafor', role: 'moderator' }, pinned: true },
  ),
  item('tom', 65, [p('first 👋')]),
  item('Lindiwe', 60 * 26, [
    p('Weather looks good for tomorrow: wind 9 knots at 10 km, no cloud below 3,000 m.'),
  ]),
  item('Archive', 60 * 24 * 500, [p('Test of the stream.')]),
]

const LONG = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'

export const LONG_WORDS: readonly LiveItem[] = [
  item(`${LONG}${LONG}`.slice(0, 60), 1, [p(`${LONG}${LONG}`)], {
    author: { name: `${LONG}`.slice(0, 60), role: 'author' },
  }),
  item('Kevin', 3, [
    p(
      'See ',
      link(
        `https://example.com/${'a-very-long-path/'.repeat(9)}end.html?with=query&and=more`,
        `https://example.com/${'a-very-long-path/'.repeat(9)}end.html`,
      ),
    ),
  ]),
  item('Kevin', 4, [p(code(`${'x'.repeat(140)}`), ' and ', 'A'.repeat(150))]),
  item('e\u0301'.repeat(30), 5, [p('🏳️‍🌈👩‍👩‍👧‍👦🇪🇺 '.repeat(20))]),
  item('Nested', 5, [
    {
      type: 'quote',
      children: [
        { type: 'quote', children: [{ type: 'quote', children: [p(LONG)] }] },
        {
          type: 'list',
          ordered: true,
          start: 98,
          children: [
            { type: 'list-item', children: [LONG] },
            {
              type: 'list-item',
              children: ['two', { type: 'list', children: [{ type: 'list-item', children: ['inner'] }] }],
            },
          ],
        },
      ],
    },
  ]),
]

export const ROOM = {
  room: 'acme/kite-2',
  title: 'Kite 2: launch night',
  state: 'open',
  visibility: 'public',
  posting: 'staff',
  position: 'abcd:1',
  items: 214,
  editWindow: 300,
  textLimit: 2000,
  may: ['read'],
} as const satisfies FeedView['room']

/** A feed in its usual state, but for what is said. */
export function view(rows: readonly Row[], more: Partial<FeedView> = {}): FeedView {
  return {
    status: { state: 'live' },
    room: { ...ROOM, may: [...(more.may ?? ['read'])] },
    may: ['read'],
    guest: true,
    loaded: !('room' in more && !more.room),
    chunks: rows.length ? [{ key: 'all', rows }] : [],
    arrived: new Set(),
    waiting: 0,
    jumps: 0,
    older: 'more',
    newer: 'end',
    pinned: [],
    outbox: [],
    own: new Set(),
    target: undefined,
    ...more,
  }
}

const out = (state: Outgoing['state'], text: string, more: Partial<Outgoing> = {}): Outgoing => ({
  id: text,
  text,
  name: 'Ada',
  state,
  ...more,
})
const staff = [
  ...TALK.slice(0, 2),
  item('Crypto Carl', 3, [p('FREE COINS for the first hundred, see my page!!')], { removedAt: ago(1) }),
  item('New here', 3, [p('Is this the launch from this morning?')], { held: true }),
  ...TALK.slice(2, 7),
]
const pinned = TALK.filter((row) => row.pinned)

const MARKUP = '<img src=x onerror="hacked=1"><script>hacked=1</script>&amp;'

/** Markup wherever somebody may type, and addresses that would run. */
const HOSTILE: readonly LiveItem[] = [
  item(
    MARKUP,
    1,
    [
      p(MARKUP, code(MARKUP), strong(MARKUP), link('javascript:hacked=1', MARKUP)),
      p(link('data:text/html,<script>hacked=1</script>', 'data'), link('/relative', 'relative')),
      { type: 'code-block', language: MARKUP, children: [MARKUP] },
      { type: 'quote', children: [p(MARKUP)] },
      { type: 'script', children: [MARKUP] } as unknown as Body[number],
      { type: 'list', children: [{ type: 'list-item', children: [MARKUP] }] },
    ],
    { text: MARKUP, pinned: true, author: { name: MARKUP, url: 'javascript:hacked=1', role: 'moderator' } },
  ),
]

/** The pictures of the gallery by name. */
export const SCENES: { readonly [name: string]: FeedView | undefined } = {
  talk: view(TALK, { older: 'end' }),
  'long-words': view(LONG_WORDS, { older: 'loading' }),
  empty: view([], { older: 'end' }),
  loading: view([], { status: { state: 'connecting' }, room: undefined }),
  offline: view(TALK, { status: { state: 'reconnecting', offline: true } }),
  reconnecting: view(TALK, { status: { state: 'reconnecting', offline: false } }),
  failed: view([], { status: { state: 'failed', code: 'room-unknown' }, room: undefined }),
  'sign-in': view([], { status: { state: 'failed', code: 'sign-in-required' }, room: undefined }),
  moderator: view(staff, { may: ['read', 'post', 'moderate'], pinned }),
  pill: view(TALK, { waiting: 3, pinned }),
  target: view(TALK, { target: TALK[2]?.id, newer: 'more' }),
  composer: view(TALK, {
    room: { ...ROOM, posting: 'guests', may: ['read', 'post'] },
    may: ['read', 'post'],
    outbox: [
      out('sending', 'Is the booster already down?'),
      out('held', 'https://example.com looks good from here'),
      out('failed', 'Greetings from the tracking ship!', { code: 'network', retry: true }),
      out('failed', 'I am the admin', { code: 'name-reserved', retry: false, name: 'Moderator' }),
    ],
  }),
  'signed-out': view(TALK, { room: { ...ROOM, posting: 'signed-in', may: ['read'] } }),
  closed: view(TALK, { room: { ...ROOM, state: 'closed', posting: 'guests', may: ['read'] } }),
  removed: view([
    ...TALK.slice(0, 2),
    { id: '0195a000-0000-7000-8000-999999999999', seq: 990, rev: 1200, removed: true },
    ...TALK.slice(2),
  ]),
  own: view(TALK, { may: ['read', 'edit-own'], own: new Set([TALK[0]?.id ?? '']) }),
  broken: view([{ ...TALK[0], body: null } as unknown as LiveItem]),
  hostile: view(HOSTILE, {
    may: ['read', 'post', 'moderate'],
    room: { ...ROOM, title: MARKUP, posting: 'guests', may: ['read', 'post', 'moderate'] },
    pinned: HOSTILE,
    outbox: [out('failed', MARKUP, { name: MARKUP, code: 'rejected' })],
  }),
  edges: view(TALK, { older: 'failed' }),
}
