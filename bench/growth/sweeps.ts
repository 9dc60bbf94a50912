import type { ProductCase } from '../product/measure-case.ts'

interface Step extends Omit<ProductCase, 'seconds'> {
  readonly nodes: number
  readonly rooms: number
}

/** One thing that doubles from step to step while the rest stays. */
export interface Sweep {
  readonly name: string
  readonly about: string
  readonly steps: readonly { readonly value: number; readonly step: Step }[]
}

const BASE: Step = { nodes: 1, rooms: 1, roomsEach: 1, readers: 500, perSecond: 20 }

function sweep(name: string, about: string, values: readonly number[], of: (value: number) => Partial<Step>) {
  return { name, about, steps: values.map((value) => ({ value, step: { ...BASE, ...of(value) } })) }
}

export const SWEEPS: readonly Sweep[] = [
  sweep('readers', 'of one room, 20 items/s', [250, 500, 1000, 2000, 4000], (readers) => ({ readers })),
  sweep('items a second', 'to 500 readers of one room', [10, 20, 40, 80, 160], (perSecond) => ({
    perSecond,
  })),
  sweep('rooms', '1,000 readers and 80 items/s spread over them', [10, 20, 40, 80, 160], (rooms) => ({
    rooms,
    readers: 1000,
    perSecond: 80,
  })),
  sweep('rooms a reader', '500 readers, 32 rooms, 40 items/s over them', [1, 2, 4, 8, 16], (roomsEach) => ({
    roomsEach,
    rooms: 32,
    perSecond: 40,
  })),
  sweep('nodes', '1,000 readers of one room over them, 40 items/s', [1, 2, 4], (nodes) => ({
    nodes,
    readers: 1000,
    perSecond: 40,
  })),
]

/** The most rooms that any step needs. */
export const MOST_ROOMS = Math.max(...SWEEPS.flatMap(({ steps }) => steps.map(({ step }) => step.rooms)))
