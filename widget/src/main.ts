import type { Early, Mounted } from './early.ts'

export { mount } from './feed/mount.tsx'

/** A number of items, or a rehearsal: fetched only by pages that want them. */
export async function aside(element: HTMLElement, room: string, early: Early): Promise<Mounted> {
  return (await import('./count/count-room.ts')).aside(element, room, early)
}
