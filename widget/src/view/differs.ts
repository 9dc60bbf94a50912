/** Whether a component that is drawn from its props alone has to be drawn again. */
export const differs = <P extends object>(next: P, now: P): boolean =>
  Object.entries(next).some(([name, value]) => value !== now[name as keyof P])
