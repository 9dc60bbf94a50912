import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { type Line, lineId, readConversation } from '../ingest/conversation.ts'
import { Failure } from './failure.ts'
import { type PostLine, postLine } from './post-line.ts'

export interface ReplayOptions {
  /** `site/room` */
  readonly room: string
  /** How much faster than it was; 0: as fast as the room takes it. */
  readonly speed: number
  /** Of the server. */
  readonly url: string
  /** An API key; without one each author posts as a guest. */
  readonly key?: string
  readonly signal?: AbortSignal
}

export interface ReplayCounts {
  readonly lines: number
  posted: number
  /** Were there before: this conversation was replayed into the room earlier. */
  already: number
  /** Wait for a moderator. */
  held: number
}

/**
 * Plays a conversation into a room through the public API, one line after another, so that the room's order is the
 * file's. Told of its progress after each line. Rejects with a `Failure` that names the line that the room refused;
 * running it again goes on from there.
 */
export async function replay(
  lines: readonly Line[],
  options: ReplayOptions,
  progress: (counts: ReplayCounts) => void = () => {},
): Promise<ReplayCounts> {
  const { room, speed, signal } = options
  const counts: ReplayCounts = { lines: lines.length, posted: 0, already: 0, held: 0 }
  const post: PostLine = postLine(options)
  const began = performance.now()
  const first = lines[0]?.t ?? 0
  for (const line of lines) {
    const due = speed > 0 ? began + (line.t - first) / speed - performance.now() : 0
    if (due > 0) await wait(due, undefined, { signal })
    signal?.throwIfAborted()
    counts[await post(line, lineId(room, line))] += 1
    progress(counts)
  }
  return counts
}

/** Reads the file and replays it. */
export async function replayFile(
  file: string,
  options: ReplayOptions,
  progress?: (counts: ReplayCounts) => void,
): Promise<ReplayCounts> {
  return replay(await readLines(file), options, progress)
}

async function readLines(file: string): Promise<Line[]> {
  try {
    return readConversation(await readFile(file, 'utf8'))
  } catch (error) {
    throw new Failure(`${file}: ${(error as Error).message}`)
  }
}
