import type { Generation, GenerationRecord, ModelDefinition, OpenedPartition, Partition } from 'weir/ports'
import { EngineError } from 'weir/ports'
import type { Database, Query } from './database.ts'

type State = GenerationRecord['state']

interface Row {
  readonly number: number
  readonly fingerprint: string
  readonly indexes: string
  readonly state: State
  readonly since: number
  readonly served_until: number | null
  readonly accepted: string
  readonly partitions: string
}

interface Stand {
  readonly lease: number
  readonly cursor: string | null
}

interface TakenStand extends Stand {
  readonly saves: number
}

/** A lease with the number of saves there have been of its partition. */
export interface TakenLease extends OpenedPartition {
  readonly saves: number
}

const one = 'WHERE model = $1 AND number = $2'

/** The register of generations. What changes it runs in a transaction of the caller, who has locked the model first. */
export class Generations {
  readonly #generations: string
  readonly #partitions: string
  readonly #models: string
  readonly #dropped: string

  constructor(database: Database) {
    this.#generations = database.name('generations')
    this.#partitions = database.name('partitions')
    this.#models = database.name('models')
    this.#dropped = database.name('dropped')
  }

  async models(query: Query): Promise<string[]> {
    const rows = await query<{ model: string }>(`SELECT DISTINCT model FROM ${this.#generations}`)
    return rows.map(({ model }) => model)
  }

  async all(query: Query, model: string): Promise<GenerationRecord[]> {
    const rows = await query<Row>(`${this.#select()} WHERE model = $1 ORDER BY number`, [model])
    return rows.map((row) => toRecord(model, row))
  }

  /** Undefined when it is not there any more. */
  async find(query: Query, { model, number }: Generation): Promise<GenerationRecord | undefined> {
    const [row] = await query<Row>(`${this.#select()} ${one}`, [model, number])
    return row && toRecord(model, row)
  }

  async serving(query: Query, model: string): Promise<GenerationRecord | undefined> {
    return (await this.all(query, model)).find(({ state }) => state === 'serving')
  }

  async underConstruction(query: Query, model: string, fingerprint: string): Promise<GenerationRecord | undefined> {
    const isOne = ({ state }: GenerationRecord) => state === 'building' || state === 'stopped'
    return (await this.all(query, model)).find((record) => record.fingerprint === fingerprint && isOne(record))
  }

  /** Makes a model known. */
  async introduce(query: Query, model: string): Promise<void> {
    await query(`INSERT INTO ${this.#models} VALUES ($1, 0) ON CONFLICT DO NOTHING`, [model])
  }

  /** Holds a model until the end of the transaction: its generations change one after the other. */
  async lock(query: Query, model: string): Promise<void> {
    await query(`SELECT FROM ${this.#models} WHERE name = $1 FOR UPDATE`, [model])
  }

  async add(
    query: Query,
    { name, fingerprint, indexes, partitions }: ModelDefinition,
    at: number,
  ): Promise<Generation> {
    const state: State = (await this.serving(query, name)) ? 'building' : 'serving'
    const next = `UPDATE ${this.#models} SET latest = latest + 1 WHERE name = $1 RETURNING latest`
    const number = Number((await query<{ latest: number }>(next, [name]))[0]?.latest)
    await query(
      `INSERT INTO ${this.#generations} (model, number, fingerprint, indexes, state, since)
        VALUES ($1, $2, $3, $4, $5, $6)`,
      [name, number, fingerprint, JSON.stringify(indexes), state, at],
    )
    const sql = `INSERT INTO ${this.#partitions} SELECT $1, $2, generate_series(0, $3 - 1)`
    await query(sql, [name, number, partitions])
    return { model: name, number }
  }

  /** @throws EngineError when it is not there, or not any more */
  async takeLease(query: Query, { model, number, partition }: Partition): Promise<TakenLease> {
    const [stand] = await query<TakenStand>(
      `UPDATE ${this.#partitions} SET lease = lease + 1 ${one} AND partition = $3 RETURNING lease, cursor, saves`,
      [model, number, partition],
    )
    if (!stand) throw gone({ model, number })
    return { ...toOpened(stand), saves: stand.saves }
  }

  /** How the partitions stand, by number; they stay so until the end of the transaction. */
  async lockPartitions(query: Query, { model, number }: Generation): Promise<OpenedPartition[]> {
    const sql = `SELECT lease, cursor FROM ${this.#partitions} ${one} ORDER BY partition FOR UPDATE`
    return (await query<Stand>(sql, [model, number])).map(toOpened)
  }

  /** One that is in this state already stays as it is. */
  async turn(query: Query, { model, number }: Generation, state: State, at: number): Promise<void> {
    const sql = `UPDATE ${this.#generations} SET state = $3, since = $4 ${one} AND state <> $3`
    await query(sql, [model, number, state, at])
  }

  /** Another takes its place. */
  async retire(query: Query, { model, number }: Generation, at: number): Promise<void> {
    const sql = `UPDATE ${this.#generations} SET state = 'retired', since = $3, served_until = $3 ${one}`
    await query(sql, [model, number, at])
  }

  async accept(query: Query, { model, number }: Generation, streams: readonly string[]): Promise<void> {
    const sql = `UPDATE ${this.#generations} SET accepted = $3 ${one}`
    await query(sql, [model, number, JSON.stringify(streams)])
  }

  /** Takes a generation out of the register, and leaves its tables to be removed. */
  async remove(query: Query, { model, number }: Generation): Promise<void> {
    await query(`DELETE FROM ${this.#partitions} ${one}`, [model, number])
    await query(
      `WITH gone AS (DELETE FROM ${this.#generations} ${one} RETURNING model, number)
        INSERT INTO ${this.#dropped} SELECT model, number FROM gone`,
      [model, number],
    )
  }

  #select(): string {
    return `SELECT number, fingerprint, indexes, state, since, served_until, accepted, (
      SELECT json_agg(json_build_object('lease', lease, 'cursor', cursor) ORDER BY partition)
      FROM ${this.#partitions} WHERE model = generation.model AND number = generation.number
    ) AS partitions FROM ${this.#generations} generation`
  }
}

export function gone({ model, number }: Generation): EngineError {
  return new EngineError(`Generation ${number} of read model ${model} is not there any more.`)
}

function toRecord(model: string, row: Row): GenerationRecord {
  return {
    model,
    number: row.number,
    fingerprint: row.fingerprint,
    indexes: JSON.parse(row.indexes),
    state: row.state,
    since: row.since,
    servedUntil: row.served_until ?? undefined,
    partitions: (JSON.parse(row.partitions) as Stand[]).map(toOpened),
    accepted: JSON.parse(row.accepted),
  }
}

function toOpened({ lease, cursor }: Stand): OpenedPartition {
  return { lease, cursor: cursor ?? undefined }
}
