import { cpSync, globSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ROOT } from '../../bin/root.ts'

const EARLIER = fileURLToPath(new URL('../earlier/', import.meta.url))

export interface EarlierWidget {
  /** The folder's, as `v1`. */
  readonly name: string
  /** Of the loader, as a tag names it that pins it. */
  readonly loader: string
  /** Paths of all its files. */
  readonly files: readonly string[]
}

/** Builds that are kept for good, laid where servers look for those before theirs; call it before servers start. */
export function earlierWidgets(): EarlierWidget[] {
  return readdirSync(EARLIER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const folder = join(EARLIER, name)
      const files = globSync('**/*.js', { cwd: folder })
      const loader = files.find((file) => file.startsWith('halley-'))
      if (!loader) throw new Error(`${folder} has no loader`)
      cpSync(folder, join(ROOT, 'widget', 'earlier'), { recursive: true })
      return { name, loader, files }
    })
}
