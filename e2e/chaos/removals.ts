/** What was taken down, by the answers that said so. Times by `performance.now()`. */
export interface Removal {
  readonly id: string
  readonly rev: number
  /** When the 2xx was there. */
  readonly toldAt: number
}

/** Every removal of an evening, in the order of their answers. */
export class Removals {
  readonly all: Removal[] = []
  readonly byId = new Map<string, Removal>()

  add(removal: Removal): void {
    this.all.push(removal)
    this.byId.set(removal.id, removal)
  }
}
