import type { Ability, View } from '@halley/shared'
import { countReaders } from '../metrics/traffic.ts'
import type { Reader } from './reader.ts'

/** A reader in a channel. */
export interface Member {
  readonly reader: Reader
  readonly view: View
  readonly may: readonly Ability[]
  /** The rev up to which everything was sent. */
  at: number
  /** Where it stands in the channel's list; -1 while it is not live. */
  place: number
  /** The number of the last heartbeat that it got. */
  beat: number
  /** Since when more waits to be sent than a reader who keeps up ever has; 0 while it keeps up. */
  behindSince: number
}

/** The live members of a channel; leaving costs the same however many they are. */
export class Members {
  readonly list: Member[] = []

  add(member: Member): void {
    member.place = this.list.length
    this.list.push(member)
    countReaders(1)
  }

  /** True where another member changed places. */
  remove(member: Member): boolean {
    const { place } = member
    if (place < 0) return false
    member.place = -1
    countReaders(-1)
    const last = this.list.pop() as Member
    if (last === member) return false
    this.list[place] = last
    last.place = place
    return true
  }

  /** Returns all and has none afterwards. */
  clear(): Member[] {
    const all = this.list.splice(0)
    for (const member of all) member.place = -1
    countReaders(-all.length)
    return all
  }
}
