import { Component, type ComponentType } from 'preact'
import type { Setting } from './setting.ts'

interface LazyProps<P> {
  readonly load: () => Promise<{ readonly default: ComponentType<P> }>
  readonly props: P
  readonly setting: Setting
}

/** Draws a component that is fetched when it is first needed; where that fails, a button to try again. */
export class Lazy<P extends object> extends Component<
  LazyProps<P>,
  { View?: ComponentType<P>; failed?: boolean }
> {
  fetch = (): void => {
    this.setState({ failed: false })
    this.props.load().then(
      (module) => this.setState({ View: module.default }),
      () => this.setState({ failed: true }),
    )
  }

  override componentDidMount(): void {
    this.fetch()
  }

  override render({ props, setting }: LazyProps<P>) {
    const { View, failed } = this.state
    if (View) return <View {...props} />
    return (
      <div part="later">
        {failed && (
          <button type="button" part="button" onClick={this.fetch}>
            {setting.locale.say('retry')}
          </button>
        )}
      </div>
    )
  }
}
