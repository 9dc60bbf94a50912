/** A command that cannot be done, told in one line: exit 1, or 2 where it was asked wrongly. */
export class Failure extends Error {
  readonly wrongUse: boolean

  constructor(message: string, wrongUse = false) {
    super(message)
    this.name = 'Failure'
    this.wrongUse = wrongUse
  }
}
