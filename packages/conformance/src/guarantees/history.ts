import type { AppendResult, EventStore } from 'weir/ports'

/** An event as it stands in the log, with what its payload holds. */
export interface LoggedEvent {
  readonly stream: string
  readonly version: number
  readonly id: string
  readonly type: string
  readonly data: Readonly<Record<string, never>>
  readonly commandId: string
}

/** The whole log, in the order of the feed. */
export async function readLog(events: EventStore): Promise<LoggedEvent[]> {
  const log: LoggedEvent[] = []
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await events.readFeed(cursor, 100)
    for (const { stream, version, payload } of page.commits) {
      const { events: decoded } = JSON.parse(payload) as { events: Omit<LoggedEvent, 'stream' | 'version'>[] }
      log.push(...decoded.map((event, index) => ({ ...event, stream, version: version + index })))
    }
    cursor = page.cursor
    more = page.more
  }
  return log
}

/** Appends one event as another process would: behind the back of every runtime. */
export async function append(
  events: EventStore,
  stream: string,
  type: string,
  data: object = {},
  expected: number | 'any' = 'any',
): Promise<AppendResult> {
  const event = { id: `${stream}/${type}`, type, data, commandId: 'another process' }
  const payload = JSON.stringify({ at: '2030-01-01T00:00:00.000Z', events: [event] })
  const streams = [{ stream, expected: expected === 0 ? ('absent' as const) : expected, count: 1, payload }]
  const [result] = await events.append([{ streams, commands: [] }])
  return result as AppendResult
}

/** What the balances have to be: each account's, with the versions that made it so. */
export function balancesOf(log: readonly LoggedEvent[]): Map<string, { id: string; balance: number; seen: number[] }> {
  const balances = new Map<string, { id: string; balance: number; seen: number[] }>()
  for (const { stream, version, type, data } of log) {
    if (!stream.startsWith('account-')) continue
    const id = stream.slice('account-'.length)
    const account = balances.get(id) ?? { id, balance: 0, seen: [] }
    const by = { Deposited: 1, Withdrawn: -1 }[type] ?? 0
    account.balance += by * (data.amount ?? 0)
    account.seen.push(version)
    balances.set(id, account)
  }
  return balances
}

/** What the transfers have to be when no note is poison: each with the versions of the notes on it, by note stream. */
export function transfersOf(log: readonly LoggedEvent[]): Map<string, object> {
  const made = log.filter(({ stream }) => stream.startsWith('transfer-'))
  return new Map(
    made.map(({ stream, data }) => {
      const id = stream.slice('transfer-'.length)
      const notes: Record<string, number[]> = {}
      for (const each of log.filter((event) => event.type === 'Noted' && event.data.on === id)) {
        const by = each.stream.slice('note-'.length)
        notes[by] = [...(notes[by] ?? []), each.version]
      }
      return [id, { id, amount: data.amount, notes }]
    }),
  )
}
