import type { Partition } from 'weir/ports'

/** A lease, with the number of saves of its partition that this process was told of; undefined: of none. */
export interface Holding {
  readonly lease: number
  readonly saves: number | undefined
}

/** What this process holds: its newest lease of each partition. */
export class Holdings {
  readonly #holdings = new Map<string, Holding>()

  keep(partition: Partition, holding: Holding): void {
    this.#holdings.set(key(partition), holding)
  }

  find(partition: Partition, lease: number): Holding {
    const found = this.#holdings.get(key(partition))
    return found?.lease === lease ? found : { lease, saves: undefined }
  }

  /** It is not known how many saves there have been under this lease: it is of no use any more. */
  lose(partition: Partition, lease: number): void {
    this.keep(partition, { lease, saves: Number.MAX_SAFE_INTEGER })
  }
}

function key({ model, number, partition }: Partition): string {
  return `${partition} ${number} ${model}`
}
