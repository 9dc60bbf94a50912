/**
 * Acts after `ms` and once all that had arrived by then was heard: a loop that is behind runs the timers that are due
 * before it reads its sockets, and what is only unread is not late. Returns what calls it off.
 */
export function afterHearing(ms: number, act: () => void): () => void {
  let immediate: NodeJS.Immediate | undefined
  const timer = setTimeout(() => {
    immediate = setImmediate(act)
  }, ms)
  return () => {
    clearTimeout(timer)
    clearImmediate(immediate)
  }
}
