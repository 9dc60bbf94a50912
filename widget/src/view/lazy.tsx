import { Component, type ComponentType } from 'preact'
import { Note } from './note.tsx'
import type { Setting } from './setting.ts'

export type PosterParts = typeof import('./poster/poster.ts')
let poster: PosterParts | undefined

/** What is there of the file for posters: all of it, or nothing yet. */
export const posterParts = (): PosterParts | undefined => poster

interface LazyProps<P> {
  readonly part: (poster: PosterParts) => ComponentType<P>
  readonly props: P
  readonly setting: Setting
}

/** Draws a part of the file for posters, which is fetched once a page; where it cannot be had, a button to try again. */
export class Lazy<P extends object> extends Component<LazyProps<P>, { failed?: boolean }> {
  fetch = async (): Promise<void> => {
    try {
      poster ??= await import('./poster/poster.ts')
      this.setState({})
    } catch {
      this.setState({ failed: true })
    }
  }

  override componentDidMount(): void {
    if (!poster) this.fetch()
  }

  override render({ part, props, setting }: LazyProps<P>) {
    const Part = poster && part(poster)
    if (Part) return <Part {...props} />
    return (
      <Note
        part={setting.may.includes('post') ? 'later' : ''}
        label={this.state.failed && setting.locale.say('retry')}
        act={this.fetch}
      />
    )
  }
}
