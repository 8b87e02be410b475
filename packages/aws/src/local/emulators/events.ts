import { randomUUID } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { AwsError } from './aws-json.ts'
import type { Actions } from './endpoint.ts'

/** An event that was put on a bus. */
export interface BusEvent {
  readonly bus: string
  readonly source: string
  readonly type: string
  readonly detail: unknown
}

interface Entry {
  readonly EventBusName?: string
  readonly Source?: string
  readonly DetailType?: string
  readonly Detail?: string
}

/** The event buses of a template: what is put on them is kept, and written to a file, a line of JSON each. */
export class Buses {
  readonly #names: ReadonlySet<string>
  readonly #file: string
  readonly #events: BusEvent[] = []

  constructor(names: readonly string[], file: string) {
    this.#names = new Set(['default', ...names])
    this.#file = file
  }

  /** What was put on buses since the start, the oldest first. */
  get events(): readonly BusEvent[] {
    return this.#events
  }

  get actions(): Actions {
    return {
      'AWSEvents.PutEvents': ({ Entries }: { Entries: readonly Entry[] }) => {
        if (Entries.length > 10) throw new AwsError('ValidationException', 'Ten entries at most.')
        const results = Entries.map((entry) => this.#put(entry))
        return { FailedEntryCount: results.filter((each) => 'ErrorCode' in each).length, Entries: results }
      },
    }
  }

  #put({ EventBusName = 'default', Source, DetailType, Detail }: Entry): { EventId: string } | { ErrorCode: string } {
    const bus = EventBusName.split('event-bus/').at(-1) ?? EventBusName
    if (!this.#names.has(bus)) return { ErrorCode: 'ResourceNotFoundException' }
    if (!Source || !DetailType || !Detail) return { ErrorCode: 'InvalidArgument' }
    const event: BusEvent = { bus, source: Source, type: DetailType, detail: JSON.parse(Detail) }
    this.#events.push(event)
    const id = randomUUID()
    appendFileSync(this.#file, `${JSON.stringify({ id, time: new Date().toISOString(), ...event })}\n`)
    return { EventId: id }
  }
}
