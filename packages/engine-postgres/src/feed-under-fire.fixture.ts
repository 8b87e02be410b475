import { setTimeout as pause } from 'node:timers/promises'
import type { AppendResult, Cursor, FeedPart } from 'weir/ports'
import type { Database } from './database.ts'
import { Feed } from './feed.ts'
import { begin, one } from './testing.fixture.ts'

/** A commit as a reader names it. */
export interface Given {
  readonly stream: string
  readonly version: number
}

/** Reads what it can get now, from where it stopped. */
export type ReadOn = () => Promise<readonly Given[]>

/** The feed of the engine, or a part of it. */
export function feedReader(database: Database, part?: FeedPart): ReadOn {
  const feed = new Feed(database)
  let cursor: Cursor | undefined
  return async () => {
    const page = await feed.read(cursor, 200, part)
    cursor = page.cursor
    return page.commits
  }
}

/** What one writes first: all behind the last position. */
export function positionReader(database: Database): ReadOn {
  let last = 0
  return async () => {
    const rows = await database.read<Given & { position: number }>(
      `SELECT stream, version, position FROM ${database.name('commits')} WHERE position > $1 ORDER BY position LIMIT 200`,
      [last],
    )
    last = rows.at(-1)?.position ?? last
    return rows
  }
}

/** What one writes next: all that is older than the oldest transaction under way, in the order of (xid, position). */
export function horizonReader(database: Database): ReadOn {
  let last = { xid: 0, position: 0 }
  return async () => {
    const rows = await database.read<Given & { xid: number; position: number }>(
      `SELECT stream, version, xid, position FROM ${database.name('commits')}
        WHERE xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint AND (xid, position) > ($1::bigint, $2::bigint)
        ORDER BY xid, position LIMIT 200`,
      [last.xid, last.position],
    )
    last = rows.at(-1) ?? last
    return rows
  }
}

/** Reads on and on, and keeps what it was given, and when. */
export class Reading {
  readonly #readOn: ReadOn
  readonly #given: (Given & { readonly at: number })[] = []
  #isOver = false
  readonly #loop: Promise<void>

  constructor(readOn: ReadOn) {
    this.#readOn = readOn
    this.#loop = this.#run()
  }

  get count(): number {
    return this.#given.length
  }

  async #run(): Promise<void> {
    while (!this.#isOver) if (!(await this.#page())) await pause(10)
  }

  async #page(): Promise<boolean> {
    const page = await this.#readOn()
    const at = performance.now()
    this.#given.push(...page.map(({ stream, version }) => ({ stream, version, at })))
    return page.length > 0
  }

  /** Stops, and reads what is left. */
  async finish(): Promise<void> {
    this.#isOver = true
    await this.#loop
    while (await this.#page()) {}
  }

  /** What became of all that was written. */
  report(written: readonly Written[]): Report {
    const times = new Map(this.#given.map(({ stream, version, at }) => [`${stream}@${version}`, at]))
    const lags = written.flatMap(({ stream, version, at }) => {
      const given = times.get(`${stream}@${version}`)
      return given === undefined ? [] : [given - at]
    })
    return {
      given: this.#given.length,
      lost: written.length - lags.length,
      doubled: this.#given.length - times.size,
      unordered: countUnordered(this.#given),
      maxLag: Math.round(Math.max(0, ...lags)),
    }
  }
}

export interface Report {
  readonly given: number
  readonly lost: number
  readonly doubled: number
  /** Commits that came after a later one of their stream. */
  readonly unordered: number
  /** From the answer to the writer, in milliseconds. */
  readonly maxLag: number
}

function countUnordered(given: readonly Given[]): number {
  const newest = new Map<string, number>()
  return given.filter(({ stream, version }) => {
    const before = newest.get(stream) ?? 0
    newest.set(stream, Math.max(before, version))
    return version < before
  }).length
}

/** A commit, and when its writer knew of it. */
export interface Written extends Given {
  readonly at: number
}

const streams = 200

/** Writers of all kinds that work until they are told to stop. */
export class Fire {
  readonly written: Written[] = []
  readonly #database: Database
  #isOver = false
  readonly #lanes: Promise<void>[]

  constructor(database: Database) {
    this.#database = database
    const kinds = [
      () => this.#write({}),
      () => this.#write({}),
      () => this.#write({ open: 60 }),
      () => this.#write({ open: Math.random() < 0.05 ? 500 : 30 }),
      () => this.#write({ open: 60, isKept: false }),
      () => this.#write({ early: 100, open: 20 }),
      () => this.#write({ early: 30, open: 60 }),
      () => this.#write({ hot: true }),
    ]
    this.#lanes = kinds.map(async (write) => {
      while (!this.#isOver) await write()
    })
  }

  async stop(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#lanes)
  }

  /** One transaction that draws its xid early, or stays open after the append, for up to so many milliseconds. */
  async #write({ early = 0, open = 0, isKept = true, hot = false }): Promise<void> {
    const transaction = await begin(this.#database)
    if (early > 0) {
      await transaction.query('SELECT pg_current_xact_id()')
      await pause(Math.random() * early)
    }
    const names = new Set(Array.from({ length: hot ? 1 : 8 }, () => Math.floor(Math.random() * (hot ? 1 : streams))))
    const group = [...names].map((each) => one(`stream-${each}`, 'any', 1 + Math.floor(Math.random() * 3)))
    const results = await transaction.append(...group)
    if (open > 0) await pause(Math.random() * open)
    if (!isKept) return transaction.rollback()
    await transaction.commit()
    this.#note(
      group.map(({ streams: [part] }) => part),
      results,
    )
  }

  #note(parts: readonly ({ stream: string; count: number } | undefined)[], results: readonly AppendResult[]): void {
    const at = performance.now()
    for (const [index, result] of results.entries()) {
      const part = parts[index]
      if (!part || result.outcome !== 'appended') throw new Error('All of these appends must succeed.')
      this.written.push({ stream: part.stream, version: (result.versions[0] ?? 0) - part.count + 1, at })
    }
  }
}
