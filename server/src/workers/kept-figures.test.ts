import { AggregatorRegistry, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { KeptFigures } from './kept-figures.ts'

/** What a process measures. */
function measuring() {
  const registry = new Registry()
  const facts = { help: 'of a test', registers: [registry] }
  const posts = new Counter({ ...facts, name: 'posts_total', labelNames: ['type'] })
  const seconds = new Histogram({ ...facts, name: 'seconds', buckets: [1, 2] })
  const readers = new Gauge({ ...facts, name: 'readers' })
  return { posts, seconds, readers, say: () => registry.getMetricsAsJSON() }
}

async function shown(kept: KeptFigures): Promise<string[]> {
  // Another process is sent it, and adds it up.
  const text = await AggregatorRegistry.aggregate(structuredClone([...kept.all])).metrics()
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

test('METRIC9 what ended processes had counted stays in every sum, and what they had is gone', async () => {
  const kept = new KeptFigures()
  const [first, second, third] = [measuring(), measuring(), measuring()]
  first.posts.inc({ type: 'posted' }, 5)
  first.seconds.observe(1.5)
  first.readers.set(3)
  second.posts.inc({ type: 'posted' }, 2)
  second.posts.inc({ type: 'removed' }, 1)
  second.seconds.observe(0.5)
  second.readers.set(4)
  kept.heard(1, 1, await first.say())
  kept.heard(2, 2, await second.say())
  const counted = [
    'posts_total{type="posted"} 7',
    'posts_total{type="removed"} 1',
    'seconds_bucket{le="1"} 1',
    'seconds_bucket{le="2"} 2',
    'seconds_bucket{le="+Inf"} 2',
    'seconds_sum 2',
    'seconds_count 2',
  ]
  expect((await shown(kept)).sort()).toEqual([...counted, 'readers 7'].sort())
  kept.ended(1)
  expect((await shown(kept)).sort()).toEqual([...counted, 'readers 4'].sort())
  kept.ended(2)
  expect((await shown(kept)).sort()).toEqual([...counted].sort())
  third.posts.inc({ type: 'posted' }, 1)
  kept.heard(3, 3, await third.say())
  expect(await shown(kept)).toContain('posts_total{type="posted"} 8')
})

test('METRIC9 of answers that overtake each other the one that was asked for last is kept', async () => {
  const kept = new KeptFigures()
  const worker = measuring()
  worker.posts.inc({ type: 'posted' }, 1)
  const early = structuredClone(await worker.say())
  worker.posts.inc({ type: 'posted' }, 1)
  kept.heard(1, 2, structuredClone(await worker.say()))
  kept.heard(1, 1, early)
  expect(await shown(kept)).toContain('posts_total{type="posted"} 2')
})
