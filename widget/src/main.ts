import type { Early, Mounted } from './early.ts'

export { mount } from './feed/mount.tsx'

/** Fetched only by pages that show a number. */
export async function count(element: HTMLElement, room: string, early: Early): Promise<Mounted> {
  return (await import('./count/count-room.ts')).countRoom(element, room, early)
}

/** For rehearsals: follows the room, and shows nothing. */
export async function dark(_element: HTMLElement, room: string, early: Early): Promise<Mounted> {
  return (await import('./watch/watch.ts')).darken(room, early)
}
