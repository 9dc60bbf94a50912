import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** The scripts that the build in this copy of the project has, as paths on a server. */
export const builtScripts = (root: string): string[] =>
  readdirSync(join(root, 'widget', 'dist', 'assets'))
    .filter((name) => name.endsWith('.js'))
    .map((name) => `assets/${name}`)

/** Asks again and again for a page's scripts and all that they load. */
export class ScriptAsker {
  answers = 0
  /** Whatever was not answered with `200`. */
  readonly failures: string[] = []
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /** The loader, the feed that it names, and what open pages still ask for. */
  async askUntil(signal: AbortSignal, also: readonly string[]): Promise<void> {
    while (!signal.aborted) {
      const loader = await this.#get('halley.js')
      const [feed] = /assets\/feed-[\w-]+\.js/.exec(loader) ?? []
      if (feed) await this.#get(feed)
      else this.failures.push(`a loader without a feed: ${loader.slice(0, 100)}`)
      for (const path of also) await this.#get(path)
      await sleep(50)
    }
  }

  async #get(path: string): Promise<string> {
    const answer = await fetch(`${this.#url}/${path}`)
    const text = await answer.text()
    this.answers += 1
    if (answer.status !== 200) this.failures.push(`${path}: ${answer.status}`)
    return text
  }
}
