import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { type ExportedItem, type ExportedRoom, ExportLine, ExportStart } from './export-format.ts'

/** A file that is no export, or not all of one; the message names the line. */
export class ImportError extends Error {
  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`)
  }
}

export type ImportPiece =
  | { readonly is: 'start'; readonly line: number; readonly start: ExportStart }
  | { readonly is: 'room'; readonly line: number; readonly room: ExportedRoom }
  | { readonly is: 'item'; readonly line: number; readonly item: ExportedItem }

/** Each line is one piece; throws `ImportError`, at the end too where the last line is missing. */
export async function* readImport(file: string): AsyncGenerator<ImportPiece> {
  let line = 0
  let ended = false
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    line += 1
    if (ended) throw new ImportError(line, 'there is more after the end')
    const said = parse(text, line)
    if (line === 1)
      yield { is: 'start', line, start: checked(ExportStart, said, line, 'this is no export of version 1') }
    else if ('item' in said)
      yield { is: 'item', line, item: checked(ExportLine.item, said, line, 'this is no item').item }
    else if ('room' in said)
      yield { is: 'room', line, room: checked(ExportLine.room, said, line, 'this is no room').room }
    else ended = Boolean(checked(ExportLine.end, said, line, 'this is neither room nor item'))
  }
  if (!ended) throw new ImportError(line, 'the file ends before its end')
}

function parse(text: string, line: number): object {
  try {
    const said: unknown = JSON.parse(text)
    if (typeof said === 'object' && said !== null) return said
  } catch {
    // Told below.
  }
  throw new ImportError(line, 'this is no JSON')
}

function checked<T extends TSchema>(schema: T, said: unknown, line: number, message: string): Static<T> {
  if (!Value.Check(schema, said)) {
    const [first] = Value.Errors(schema, said)
    throw new ImportError(line, `${message}${first ? ` (${first.instancePath} ${first.message})` : ''}`)
  }
  return said as Static<T>
}
