import type { EventPlace, RecordedEvent } from '../../definitions/index.ts'
import type { EventStore } from '../../ports/index.ts'
import { decodeCommit } from '../codec.ts'
import { fromStore, UndecodableEventError } from '../errors.ts'

/** A command that was accepted. */
export interface RecordedCommand {
  readonly id: string
  /** Of the aggregate that it was for; of one that wrote to several, perhaps of another. */
  readonly stream: string
  /** What it recorded, as it was recorded, in all streams. */
  readonly events: readonly RecordedEvent[]
  /** Whether it recorded nothing in its own stream; else, without events, they cannot be read. */
  readonly isIdle: boolean
}

/** So many commands are looked for by their ids. */
const MOST_LOOKED_FOR = 2000

/** Finds commands by what they recorded. */
export class RecordedCommands {
  readonly #events: EventStore
  #lookedFor = 0

  constructor(events: EventStore) {
    this.#events = events
  }

  /** The one that recorded an event; undefined when that is not there, or cannot be read. */
  async at(place: EventPlace): Promise<RecordedCommand | undefined> {
    const all = await this.#eventsNear(place)
    const event = all.find(({ version }) => version === place.version)
    if (!event) return undefined
    const { commandId: id, beside = [] } = event
    const near = [all, ...(await Promise.all(beside.map((other) => this.#eventsNear(other))))]
    const events = near.flat().filter(({ commandId }) => commandId === id)
    return { id, stream: place.stream, events, isIdle: false }
  }

  /** Whether commands are not found any more, since too many were looked for by their ids. */
  get isExhausted(): boolean {
    return this.#lookedFor > MOST_LOOKED_FOR
  }

  /** One that had an id of its caller's, as all commands of policies have. */
  async withId(id: string): Promise<RecordedCommand | undefined> {
    this.#lookedFor += 1
    if (this.isExhausted) return undefined
    const record = await fromStore(this.#events.findCommand(id))
    if (!record) return undefined
    const { stream, version, count } = record
    return (
      (count > 0 ? await this.at({ stream, version }) : undefined) ?? { id, stream, events: [], isIdle: count === 0 }
    )
  }

  /** The events of the commit that has an event: all that a command records in a stream is in one. */
  async #eventsNear({ stream, version }: EventPlace): Promise<readonly RecordedEvent[]> {
    const [commit] = await fromStore(this.#events.readStream(stream, version - 1, 1))
    try {
      return commit ? decodeCommit(commit) : []
    } catch (error) {
      if (error instanceof UndecodableEventError) return []
      throw error
    }
  }
}
