/** What a property of an element is in a script; an event's listener is given by a name. */
export type Value = string | number | boolean | null | undefined | Readonly<Record<string, string | number>>

/** An element, by its tag, or one of the comparison's components, in capitals. */
export interface Branch {
  readonly kind: string
  /** Of no other branch, as long as the script runs. */
  readonly name: string
  readonly key: string | undefined
  /** One object for good, one function for good, or another function with each drawing. */
  readonly ref: 'none' | 'object' | 'function' | 'fresh'
  readonly props: Readonly<Record<string, Value>>
  readonly children: readonly Tree[]
}

export type Tree = Branch | string | number | boolean | null | readonly Tree[]

/** A drawing of the whole, and what happens after it. */
export interface Step {
  readonly tree: Tree
  /** Components whose state changes in one moment: their numbers among those that are there, in the order of the page. */
  readonly changed: readonly number[]
  /** Somebody types into every field. */
  readonly typed: boolean
}

/** What became of a script: what the page was after each step, and everything that was called. */
export interface Outcome {
  readonly pages: readonly string[]
  readonly calls: readonly string[]
}
