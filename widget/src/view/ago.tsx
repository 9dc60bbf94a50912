import { Component } from 'preact'
import { HOUR, type Locale } from '../i18n/locale.ts'

const TICK = 20_000
const shown = new Set<Ago>()
let timer: ReturnType<typeof setInterval> | undefined

function tick(): void {
  for (const time of shown) time.setState({})
}

interface AgoProps {
  readonly at: string
  readonly locale: Locale
}

/** A time that keeps itself true: one timer serves every recent time on the page, and none runs where all are old. */
export class Ago extends Component<AgoProps> {
  override componentDidMount(): void {
    if (Date.now() - Date.parse(this.props.at) > HOUR) return
    shown.add(this)
    timer ??= setInterval(tick, TICK)
  }

  override componentWillUnmount(): void {
    shown.delete(this)
    if (shown.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  override render({ at, locale }: AgoProps) {
    const then = new Date(at)
    return (
      <time dateTime={at} title={locale.full(then)}>
        {locale.when(then, Date.now())}
      </time>
    )
  }
}
