import { createHash } from 'node:crypto'
import type { DiscardedEvent, Generation, Partition, WaitingEvent } from 'weir/ports'
import type { Database } from './database.ts'
import { gone } from './generations.ts'

type EventKey = Pick<WaitingEvent, 'stream' | 'version' | 'document'>

interface Row {
  readonly stream: string | null
  readonly version: number
  readonly document: string | null
  readonly since: number
  readonly error: string | null
  readonly attempts: number
}

interface DiscardedRow extends Row {
  readonly error: string
  readonly reason: string
  readonly actor: string
  readonly at: number
}

/** The events that consumers could not apply: those that wait, by partition, and those that were given up, by model. */
export class Waiting {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** @throws EngineError when the generation is not there any more */
  async load(of: Partition | Generation): Promise<WaitingEvent[]> {
    const { model, number } = of
    const partition = 'partition' in of ? of.partition : null
    const rows = await this.#database.read<Row>(
      `SELECT stream, version, document, waiting.since, error, attempts
        FROM ${this.#database.name('generations')} generation LEFT JOIN ${this.#database.name('waiting')} waiting
          ON waiting.model = $1 AND waiting.number = $2 AND waiting.partition = COALESCE($3, waiting.partition)
        WHERE generation.model = $1 AND generation.number = $2
        ORDER BY stream, version, COALESCE(document, ''), document NULLS FIRST`,
      [model, number, partition],
    )
    if (rows.length === 0) throw gone(of)
    return rows.filter(({ stream }) => stream !== null).map(toWaiting)
  }

  /** In the order in which they were discarded. */
  async loadDiscarded(model: string): Promise<DiscardedEvent[]> {
    const rows = await this.#database.read<DiscardedRow>(
      `SELECT stream, version, document, since, error, attempts, reason, actor, at
        FROM ${this.#database.name('discarded')} WHERE model = $1 ORDER BY place`,
      [model],
    )
    return rows.map((row) => {
      const { error, reason, actor, at } = row
      return { ...toWaiting(row), error, reason, actor, at }
    })
  }
}

/** An event as the function `save` takes it. What people and exceptions say may hold what PostgreSQL does not. */
export function toStored(event: WaitingEvent | DiscardedEvent): object {
  const { error, ...rest } = event
  const said = 'reason' in event ? { reason: plain(event.reason), actor: plain(event.actor) } : {}
  return { ...rest, key: toKey(event), error: error && plain(error), ...said }
}

/** What an event goes by. */
export function toKey({ stream, version, document }: EventKey): string {
  const text = JSON.stringify([stream, version, document ?? null])
  return createHash('sha256').update(text).digest('base64url')
}

function plain(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd')
}

function toWaiting({ stream, version, document, since, error, attempts }: Row): WaitingEvent {
  return {
    stream: stream ?? '',
    version,
    document: document ?? undefined,
    since,
    error: error ?? undefined,
    attempts,
  }
}
