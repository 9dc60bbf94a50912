/** One line of a conversation, as `halley replay` reads them. */
export interface Line {
  /** Milliseconds since the beginning. */
  readonly t: number
  readonly author: string
  readonly text: string
}

const AUTHORS = ['Ada', 'Kevin', 'Noor', 'Tomás', 'Yuki', 'Amara', 'שירה', 'Бронислав', 'Zoë', '李雷']
const WORDS =
  'the comet came closer than anyone had said and we saw its tail over the harbour before the clouds took it away again while the band played on'.split(
    ' ',
  )
const SPICES = [
  '**at last**',
  'see https://example.org/a?b=c#d',
  '`if (x < 1) y()`',
  '> quoted\n\n',
  '- one\n- two\n\n',
  '🚀🎉👩‍👩‍👧',
  'مرحبا بالعالم',
  'こんにちは世界',
  'שלום',
  '<b>not bold</b>',
  'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft',
  'é',
]

/** The same conversation for the same seed: `count` lines of every length up to `longest` characters, one in fifty long. */
export function* conversation(count: number, seed = 1, longest = 1500): Generator<Line> {
  const random = generator(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  let t = 0
  for (let n = 1; n <= count; n += 1) {
    t += Math.floor(-Math.log(1 - random()) * 3000)
    const most = random() < 0.02 ? longest : 30 + random() * 250
    let text = `(${n}) `
    while (text.length < most - 90 * random()) text += `${random() < 0.06 ? pick(SPICES) : pick(WORDS)} `
    yield { t, author: pick(AUTHORS), text: [...text.trim()].slice(0, longest).join('') }
  }
}

/** Mulberry32, by Tommy Ettinger (public domain): numbers in [0, 1). */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
