import type { LiveItem } from '@halley/shared'
import { expectTypeOf, test } from 'vitest'
import type { Halley, HalleyEvents, HalleyItem, HalleyStatus, HalleyWords } from '../halley.d.ts'
import type { FeedStatus } from './feed/feed-view.ts'
import type { Halley as OwnHalley } from './halley.ts'
import type { WordsTable } from './i18n/words.ts'

// The compiler is what checks these; it is part of the test command.
test('DOC4 what host pages are told of types is what the widget gives and takes', () => {
  expectTypeOf<OwnHalley>().toExtend<Halley>()
  expectTypeOf<WordsTable>().toExtend<HalleyWords>()
  expectTypeOf<Omit<LiveItem, 'source'>>().toExtend<HalleyItem>()
  expectTypeOf<keyof HalleyItem>().toEqualTypeOf<Exclude<keyof LiveItem, 'source'>>()
  expectTypeOf<FeedStatus>().toExtend<HalleyStatus>()
  expectTypeOf<FeedStatus['state']>().toEqualTypeOf<HalleyStatus['state']>()
  expectTypeOf<HalleyEvents['halley:item']['detail']['item']>().toEqualTypeOf<HalleyItem>()
})
