/** What a component gives: nothing, text, an element or component to be, or a list of these. */
export type Child = VNode | string | number | boolean | null | undefined | readonly Child[]

export interface Props {
  readonly children?: Child
  readonly [name: string]: unknown
}

// biome-ignore lint/suspicious/noExplicitAny: components of every kind of props.
export type Type = string | (new (props: any) => any) | ((props: any) => Child)

export type Ref = { current: unknown } | ((value: unknown) => void)

export interface VNode {
  readonly type: Type
  readonly props: Props
  readonly key: unknown
  readonly ref: Ref | undefined
}

/** What JSX becomes. */
export function h(type: Type, given: Record<string, unknown> | null, ...children: Child[]): VNode {
  const { key, ref, ...props } = given ?? {}
  if (children.length) props.children = children.length > 1 ? children : children[0]
  return { type, props, key, ref: ref as Ref | undefined }
}

export function Fragment({ children }: Props): Child {
  return children
}

export function createRef(): { current: unknown } {
  return { current: null }
}
