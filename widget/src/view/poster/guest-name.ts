const KEY = 'halley:name'

/** The name that a guest used here before; empty where storage is blocked. */
export function rememberedName(): string {
  try {
    return localStorage.getItem(KEY) ?? ''
  } catch {
    return ''
  }
}

export function rememberName(name: string): void {
  try {
    localStorage.setItem(KEY, name)
  } catch {
    // Blocked storage only means typing it again.
  }
}
