import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { execute } from '../postgres/index.ts'

/** One event of the box office as its store holds it, read without any of the framework. */
export interface LoggedEvent {
  readonly stream: string
  readonly type: string
  readonly at: string
  readonly data: Readonly<Record<string, unknown>>
}

interface Row {
  readonly stream: string
  readonly version: number
  readonly count: number
  readonly payload: string
}

/**
 * Reads the log of the box office.
 *
 * @throws when the versions of a stream are not 1, 2, 3, …
 */
export function readLog(data: string): LoggedEvent[] {
  const database = new DatabaseSync(join(data, 'box-office.db'), { readOnly: true })
  try {
    const rows = database.prepare('SELECT stream, version, count, payload FROM commits ORDER BY position').all()
    return toEvents(rows as unknown as Row[])
  } finally {
    database.close()
  }
}

/** Reads it from PostgreSQL, where a commit has the version of its first event. */
export async function readPostgresLog(database: string): Promise<LoggedEvent[]> {
  const columns = 'stream, (version + count - 1)::integer AS version, count, payload'
  const rows = await execute(database, `SELECT ${columns} FROM "box-office".commits ORDER BY stream, commits.version`)
  return toEvents(rows as unknown as Row[])
}

function toEvents(rows: readonly Row[]): LoggedEvent[] {
  const heads = new Map<string, number>()
  return rows.flatMap(({ stream, version, count, payload }) => {
    const head = (heads.get(stream) ?? 0) + count
    if (head !== version) throw new Error(`${stream} has ${head} events, but is at version ${version}`)
    heads.set(stream, head)
    const { at, events } = JSON.parse(payload)
    if (events.length !== count) throw new Error(`${stream}, version ${version}: ${events.length} events, not ${count}`)
    return events.map(({ type, data }: LoggedEvent) => ({ stream, type, at, data }))
  })
}

/** The read models as they have to be, by id. */
export interface Folded {
  readonly concerts: Map<string, Record<string, unknown>>
  readonly tickets: Map<string, Record<string, unknown>>
}

/** Folds the log by hand. */
export function fold(events: readonly LoggedEvent[]): Folded {
  const concerts = new Map<string, Record<string, unknown>>()
  const tickets = new Map<string, Record<string, unknown>>()
  for (const { stream, type, at, data } of events) {
    const id = stream.replace(/^concert-/, '')
    if (type === 'Scheduled') concerts.set(id, { id, ...data })
    if (type !== 'TicketSold') continue
    const { ticketId, customerName, customerEmail } = data
    const concert = concerts.get(id) ?? {}
    concert.availableTickets = Number(concert.availableTickets) - 1
    if (tickets.has(String(ticketId))) throw new Error(`The ticket ${ticketId} is sold twice`)
    tickets.set(String(ticketId), {
      id: ticketId,
      concertId: id,
      customerName,
      customerEmail,
      purchaseDate: at,
    })
  }
  return { concerts, tickets }
}
