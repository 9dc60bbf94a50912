/** Stands for the first page while it is on its way, and takes the room that it will need. Its lines are painted, not made of elements. */
export function Skeleton() {
  return <div part="skeleton" aria-hidden="true" />
}
