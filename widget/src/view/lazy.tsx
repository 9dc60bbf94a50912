import { Component, type ComponentType } from 'preact'
import type { Setting } from './setting.ts'

type Poster = typeof import('./poster/poster.ts')
let poster: Poster | undefined

/** Fetches what posts and moderates, once a page. */
export async function loadPoster(): Promise<Poster> {
  poster ??= await import('./poster/poster.ts')
  return poster
}

interface LazyProps<P> {
  readonly part: (poster: Poster) => ComponentType<P>
  readonly props: P
  readonly setting: Setting
}

/** Draws a part of the poster's file, at once where it is there; where it cannot be had, a button to try again. */
export class Lazy<P extends object> extends Component<LazyProps<P>, { failed?: boolean }> {
  fetch = (): void => {
    loadPoster().then(
      () => this.setState({ failed: false }),
      () => this.setState({ failed: true }),
    )
  }

  override componentDidMount(): void {
    if (!poster) this.fetch()
  }

  override render({ part, props, setting }: LazyProps<P>) {
    if (poster) {
      const Part = part(poster)
      return <Part {...props} />
    }
    return (
      <div part="later">
        {this.state.failed && (
          <button type="button" part="button" onClick={this.fetch}>
            {setting.locale.say('retry')}
          </button>
        )}
      </div>
    )
  }
}
