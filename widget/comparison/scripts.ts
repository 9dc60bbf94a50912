import fc, { type Arbitrary } from 'fast-check'
import type { Branch, Step, Tree, Value } from './script.ts'

// A shape is what a source file says: which elements stand where, with which properties. A tree is one drawing of it.

type Slot =
  | { readonly type: 'always' | 'maybe'; readonly shapes: readonly [Shape] }
  | { readonly type: 'either'; readonly shapes: readonly [Shape, Shape] }
  | { readonly type: 'list'; readonly shapes: readonly Shape[] }
  | { readonly type: 'text' }

interface Shape {
  readonly kind: string
  readonly props: readonly string[]
  readonly ref: Branch['ref']
  readonly slots: readonly Slot[]
}

const TEXTS = ['', 'a', 'b', 'ß <b>&amp;']
const WORDS: readonly Value[] = ['one', 'two', undefined, null]
const FLAGS: readonly Value[] = [true, false, undefined]
const STYLES: readonly Value[] = [
  { display: 'flex', flex: 1, minHeight: 0 },
  { overflow: 'clip', overflowClipMargin: '8px' },
  { display: 'flex', colorScheme: 'dark' },
  { colorScheme: '' },
  {},
  undefined,
]

/** Properties that the feed's components set, and what they may be. */
const PROPS: Readonly<Record<string, readonly Value[]>> = {
  part: ['one', 'one two', 'two'],
  id: ['a1', 'b2'],
  title: ['one', 'two'],
  dir: ['auto', 'ltr', undefined],
  lang: ['en', 'ar'],
  hidden: [true, false],
  tabIndex: [0, -1],
  role: ['feed', 'menu', 'status'],
  style: STYLES,
  'aria-label': WORDS,
  'aria-busy': FLAGS,
  'data-target': FLAGS,
  onClick: ['first', 'second', undefined],
}
const OF_TAG: Readonly<Record<string, Readonly<Record<string, readonly Value[]>>>> = {
  a: { href: ['#a', 'https://a.example/b', undefined], target: ['_blank'], rel: ['nofollow'] },
  button: { type: ['button', 'submit'], disabled: [true, false] },
  input: {
    value: ['', 'x', 'y'],
    placeholder: ['one', 'two'],
    maxLength: [3, 40],
    autoComplete: ['nickname'],
  },
  textarea: { value: ['', 'x', 'y\nz'], rows: [2, 3] },
  ol: { start: [undefined, 1, 7] },
  time: { dateTime: ['2026-01-02', '2026-01-03'] },
}

/** Neighbours without a key are of different kinds where they may be absent, as in everything that is written by hand. */
const KINDS = [
  ['div', 'Whole'],
  ['a', 'Memo'],
  ['ol', 'Bare'],
  ['button', 'Plain'],
  ['input', 'textarea'],
  ['time', 'Guard'],
] as const

const DEPTH = 3

function shapeOf(kind: string, depth: number): Arbitrary<Shape> {
  const names = [...Object.keys(PROPS), ...Object.keys(OF_TAG[kind] ?? {})]
  const leaf = depth === 0 || kind === 'input' || kind === 'textarea'
  return fc.record({
    kind: fc.constant(kind),
    props: fc.subarray(names, { maxLength: 6 }),
    ref: fc.constantFrom('none', 'none', 'object', 'function', 'fresh'),
    slots: leaf
      ? fc.constant([])
      : fc.integer({ min: 0, max: KINDS.length }).chain((length) => slots(length, depth - 1)),
  })
}

function slots(length: number, depth: number): Arbitrary<readonly Slot[]> {
  return fc.tuple(...KINDS.slice(0, length).map((kinds, at) => slot(kinds, at, depth)))
}

function slot([one, other]: readonly [string, string], at: number, depth: number): Arbitrary<Slot> {
  const single = fc.constantFrom(one, other).chain((kind) => shapeOf(placed(kind, at), depth))
  return fc.oneof(
    { maxDepth: DEPTH },
    fc.record({ type: fc.constant('text' as const) }),
    fc.record({ type: fc.constantFrom('always' as const, 'maybe' as const), shapes: fc.tuple(single) }),
    fc.record({
      type: fc.constant('either' as const),
      shapes: fc.tuple(shapeOf(placed(one, at), depth), shapeOf(placed(other, at), depth)),
    }),
    fc.record({
      type: fc.constant('list' as const),
      shapes: fc.array(single, { minLength: 2, maxLength: 5 }),
    }),
  )
}

/** A component of a place is a type of its own. */
const placed = (kind: string, at: number): string => (/^[A-Z]/.test(kind) ? `${kind}${at}` : kind)

function treeOf(shape: Shape, name: string, key?: string, guarded = false): Arbitrary<Branch> {
  const { kind, ref, slots } = shape
  const inside = guarded || kind.startsWith('Guard')
  const component = /^[A-Z]/.test(kind)
  return fc
    .tuple(
      component ? ofComponent(guarded) : ofElement(shape),
      fc.tuple(...slots.map((each, at) => inSlot(each, `${name}.${at}`, inside))),
    )
    .map(([props, children]) => ({ kind, name, key, ref: component ? 'none' : ref, props, children }))
}

function ofElement({ kind, props }: Shape): Arbitrary<Branch['props']> {
  const values = { ...PROPS, ...OF_TAG[kind] }
  return fc.record(Object.fromEntries(props.map((name) => [name, fc.constantFrom(...(values[name] ?? []))])))
}

function ofComponent(guarded: boolean): Arbitrary<Branch['props']> {
  const fails = ['drawing', 'mounting', 'updating', ...Array(12).fill('never')]
  return fc.record({
    stamp: fc.integer({ min: 0, max: 2 }),
    again: fc.boolean(),
    fails: guarded ? fc.constantFrom(...fails) : fc.constant('never'),
  })
}

function inSlot(slot: Slot, name: string, guarded: boolean): Arbitrary<Tree> {
  if (slot.type === 'text') return fc.constantFrom<Tree>(...TEXTS, 0, 7)
  const trees = slot.shapes.map((shape, at) => treeOf(shape, `${name}-${at}`, undefined, guarded))
  if (slot.type === 'always') return trees[0] as Arbitrary<Tree>
  if (slot.type === 'maybe')
    return fc.oneof(fc.constantFrom<Tree>(null, false, true), trees[0] as Arbitrary<Tree>)
  if (slot.type === 'either') return fc.oneof(...(trees as Arbitrary<Tree>[]))
  const keyed = slot.shapes.map((shape, at) => treeOf(shape, `${name}-${at}`, `k${at}`, guarded))
  return fc
    .shuffledSubarray(slot.shapes.map((_, at) => at))
    .chain((order) => fc.tuple(...order.map((at) => keyed[at] as Arbitrary<Branch>)))
}

/** Some drawings of one shape, one after the other. */
export const scripts: Arbitrary<readonly Step[]> = shapeOf('Whole', DEPTH).chain((shape) =>
  fc.array(
    fc.record({
      tree: treeOf(shape, 'top'),
      changed: fc.array(fc.nat(50), { maxLength: 4 }),
      typed: fc.boolean(),
    }),
    { minLength: 1, maxLength: 5 },
  ),
)
