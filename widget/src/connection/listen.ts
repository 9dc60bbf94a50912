/** Hears events, named with spaces between them, until the signal ends it. */
export function listen<E extends Event>(
  target: EventTarget,
  names: string,
  then: (event: E) => void,
  signal: AbortSignal,
): void {
  for (const name of names.split(' '))
    target.addEventListener(name, then as (event: Event) => void, { passive: true, signal })
}
