import type { Early, Mounted } from '../early.ts'

export async function countRoom(_element: HTMLElement, _room: string, _early: Early): Promise<Mounted> {
  return { resume() {}, pause() {} }
}
