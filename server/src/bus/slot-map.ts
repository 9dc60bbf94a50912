import keySlot from 'cluster-key-slot'
import type { Cluster } from 'ioredis'

const TAGS = 4096

/** The masters of a Cluster and which of its 16,384 slots each has, as it was told last. */
export class SlotMap {
  /** By `host:port`: the first and last slots of its ranges. */
  readonly masters: ReadonlyMap<string, readonly (readonly [number, number])[]>

  constructor(masters: ReadonlyMap<string, readonly (readonly [number, number])[]>) {
    this.masters = masters
  }

  /** Asks any node. */
  static async read(cluster: Cluster): Promise<SlotMap> {
    const answer = await cluster.cluster('SLOTS')
    const masters = new Map<string, (readonly [number, number])[]>()
    for (const [from, to, master] of answer.toSorted(([a], [b]) => a - b)) {
      if (!master) continue
      const [host, port] = master
      const key = `${host.includes(':') ? `[${host}]` : host}:${port}`
      masters.set(key, [...(masters.get(key) ?? []), [from, to]])
    }
    return new SlotMap(masters)
  }

  /** The master of a key; undefined where nobody has its slot. */
  masterOf(key: string): string | undefined {
    const slot = keySlot(key)
    for (const [master, ranges] of this.masters)
      if (ranges.some(([from, to]) => from <= slot && slot <= to)) return master
    return undefined
  }

  /** A hash tag whose keys are on the master. */
  tagOf(master: string): string {
    for (let number = 0; number < TAGS; number++) {
      const tag = `p${number}`
      if (this.masterOf(`{${tag}}`) === master) return tag
    }
    // Of hardly any slots: none of its rooms is likely, and it will never hear its probe.
    return 'p'
  }

  /** Whether a master has the same slots in both. */
  agrees(other: SlotMap, master: string): boolean {
    return String(this.masters.get(master)) === String(other.masters.get(master))
  }
}
