import { Slug } from '@halley/shared'
import { InvalidArgumentError } from 'commander'
import { Value } from 'typebox/value'
import { parseOrigin } from '../auth/allows-origin.ts'

export interface RoomArgument {
  readonly site: string
  readonly room: string
}

/** `acme` */
export function slugArgument(text: string): string {
  if (!Value.Check(Slug, text))
    throw new InvalidArgumentError('Lower-case letters, digits and inner hyphens, please.')
  return text
}

/** `acme/keynote` */
export function roomArgument(text: string): RoomArgument {
  const [site, room, ...rest] = text.split('/')
  if (site === undefined || room === undefined || rest.length > 0) {
    throw new InvalidArgumentError('A room is named SITE/ROOM.')
  }
  return { site: slugArgument(site), room: slugArgument(room) }
}

/** `--origin`, once for each. */
export function originArgument(text: string, before: readonly string[] = []): readonly string[] {
  const origin = parseOrigin(text)
  if (origin === undefined) throw new InvalidArgumentError('An origin looks like https://example.org')
  return before.includes(origin) ? before : [...before, origin]
}

/** A whole number within bounds. */
export function wholeArgument(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= min && value <= max))
      throw new InvalidArgumentError(`A whole number from ${min} to ${max}.`)
    return value
  }
}

export function titleArgument(text: string): string {
  const title = text.trim()
  if (title === '' || title.length > 200 || !title.isWellFormed()) {
    throw new InvalidArgumentError('A title has 1 to 200 characters.')
  }
  return title
}
