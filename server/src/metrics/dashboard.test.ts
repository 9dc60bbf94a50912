import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import '../app.ts'
import { registry } from './metrics.ts'

interface Panel {
  readonly title: string
  readonly gridPos: { readonly x: number; readonly y: number }
  readonly targets?: readonly { readonly expr: string }[]
}

const file = new URL('../../../deploy/grafana/halley.json', import.meta.url)
const { panels } = JSON.parse(readFileSync(file, 'utf8')) as { panels: readonly Panel[] }
const asked = new Set(
  panels
    .flatMap(({ targets = [] }) => targets)
    .flatMap(({ expr }) => expr.match(/\b(?:halley|nodejs|process)_\w+/g) ?? [])
    .map((name) => name.replace(/_(bucket|count|sum)$/, '')),
)

test('METRIC6 the dashboard asks for what there is, and shows all that is ours', () => {
  const measured = registry.getMetricsAsArray().map(({ name }) => name)
  expect([...asked].filter((name) => !measured.includes(name))).toEqual([])
  expect(measured.filter((name) => name.startsWith('halley_') && !asked.has(name))).toEqual([])
  const places = panels.map(({ gridPos: { x, y } }) => `${x} ${y}`)
  expect(new Set(places).size).toBe(panels.length)
})
