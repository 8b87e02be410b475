import type { Append, AppendResult, CommandRecord, Expectation, StreamAppend } from 'weir/ports'
import { slotOf } from 'weir/ports'
import { cutIntoWaves, repeatedCommand } from './append-wave.ts'
import { commitPosition, fromPostgres, type SnapshotRow, snapshotPosition } from './cursor.ts'
import type { Database } from './database.ts'
import { cutId, isLong } from './key.ts'

/** What the function of the schema answers to a wave: see `append-function.ts`. */
interface Answer extends SnapshotRow {
  /** The version that each stream was at. */
  readonly heads: readonly number[] | null
  /** Members that were not appended. */
  readonly failed: readonly number[]
  /** Commands that were recorded before. */
  readonly known: readonly number[]
  /** Of what was written, in order. */
  readonly positions: readonly number[] | null
  readonly xid: number | null
}

/** Separates payloads: JSON holds it as an escape only. */
const separator = '\u001e'

/** What an append needs of a database; in tests, also a transaction that stays open. */
export type AppendTarget = Pick<Database, 'name' | 'query' | 'read' | 'epoch'>

/** Appends a group, wave by wave; one that fails leaves those before it. */
export async function appendGroup(database: AppendTarget, group: readonly Append[]): Promise<AppendResult[]> {
  const results: AppendResult[] = []
  for (const wave of cutIntoWaves(group)) {
    const [first] = wave
    const repeated = first ? repeatedCommand(first) : -1
    if (first && repeated >= 0) results.push(await duplicateOf(database, first, repeated))
    else results.push(...(await appendWave(database, wave)))
  }
  return results
}

/** A member that bears a command id twice is a duplicate of itself, if not of what is recorded. */
async function duplicateOf(database: AppendTarget, { commands }: Append, repeated: number): Promise<AppendResult> {
  const ids = commands.slice(0, repeated + 1).map(({ commandId }) => commandId)
  const known = await database.read<{ place: number }>(
    `SELECT place FROM unnest($1::text[]) WITH ORDINALITY AS given (command_id, place)
      JOIN ${database.name('commands')} USING (command_id) ORDER BY place LIMIT 1`,
    [ids.map(cutId)],
  )
  return { outcome: 'duplicate', commandId: ids[(known[0]?.place ?? ids.length) - 1] ?? '' }
}

async function appendWave(database: AppendTarget, wave: readonly Append[]): Promise<AppendResult[]> {
  const placed = new PlacedWave(wave)
  const parameters = [...placed.parameters, database.epoch]
  const sql = `SELECT * FROM ${database.name('append')}(${parameters.map((_, index) => `$${index + 1}`)})`
  const [answer] = await database.query<Answer>(sql, parameters)
  if (!answer) throw new Error('append must answer')
  return placed.results(answer)
}

/** A stream's part in a member of a wave, and where the stream stands among those of the wave. */
interface Part extends StreamAppend {
  readonly member: number
  readonly place: number
}

/** A wave as the function takes it: places, members and commands are numbered from 1, as arrays of PostgreSQL are. */
class PlacedWave {
  readonly #wave: readonly Append[]
  readonly #parts: readonly Part[]
  readonly #writes: readonly Part[]
  readonly #commands: readonly (CommandRecord & { readonly member: number })[]
  readonly #names: readonly string[]

  constructor(wave: readonly Append[]) {
    this.#wave = wave
    this.#names = [...new Set(wave.flatMap(({ streams }) => streams.map(({ stream }) => stream)))].toSorted()
    const places = new Map(this.#names.map((stream, index) => [stream, index + 1]))
    this.#parts = wave.flatMap(({ streams }, index) =>
      streams.map((part) => ({ ...part, member: index + 1, place: places.get(part.stream) ?? 0 })),
    )
    this.#writes = this.#parts.filter(({ count }) => count > 0)
    this.#commands = wave
      .flatMap(({ commands }, index) => commands.map((command) => ({ ...command, member: index + 1 })))
      .toSorted((a, b) => (a.commandId < b.commandId ? -1 : 1))
  }

  get parameters(): unknown[] {
    const leavesTrace = this.#wave.map(({ streams, commands }) => commands.length > 0 || streams.some(isWrite))
    const counts = this.#names.map(() => 0)
    const locks = this.#names.map(() => false)
    for (const { place, count, member } of this.#parts) {
      counts[place - 1] ||= count
      locks[place - 1] ||= leavesTrace[member - 1] ?? false
    }
    const [parts, writes, commands] = [this.#parts, this.#writes, this.#commands]
    return [
      this.#names.map(cutId),
      list(counts),
      list(locks),
      list(parts.map(({ member }) => member)),
      list(parts.map(({ place }) => place)),
      list(parts.map(({ expected }) => expectedNumber(expected))),
      list(writes.map(({ member }) => member)),
      list(writes.map(({ place }) => place)),
      writes.some(({ stream }) => isLong(stream)) ? writes.map(({ stream }) => (isLong(stream) ? stream : null)) : [],
      list(writes.map(({ stream }) => slotOf(stream))),
      writes.map(({ payload }) => payload).join(separator),
      list(commands.map(({ member }) => member)),
      commands.map(({ commandId }) => cutId(commandId)),
      commands.map(({ stream }) => stream),
      list(commands.map(({ version }) => version)),
      list(commands.map(({ count }) => count)),
      commands.map(({ hash }) => hash),
    ]
  }

  results(answer: Answer): AppendResult[] {
    const { heads, failed, known, positions, xid } = answer
    const failing = new Set(failed)
    const behindAll = snapshotPosition(fromPostgres(answer))
    let [parts, written] = [0, 0]
    return this.#wave.map(({ streams, commands }, index): AppendResult => {
      const own = this.#parts.slice(parts, parts + streams.length)
      parts += streams.length
      const headOf = ({ place }: Part) => heads?.[place - 1] ?? 0
      if (failing.has(index + 1)) return failureOf(commands, this.#recorded(known), own, headOf)
      written += own.filter(isWrite).length
      return {
        outcome: 'appended',
        versions: own.map((part) => headOf(part) + part.count),
        position: own.some(isWrite) ? commitPosition(xid ?? 0, positions?.[written - 1] ?? 0) : behindAll,
      }
    })
  }

  #recorded(known: readonly number[]): Set<string | undefined> {
    return new Set(known.map((place) => this.#commands[place - 1]?.commandId))
  }
}

/** Numbers or booleans as PostgreSQL takes an array of them: what `pg` would write, without quotes around each. */
function list(values: readonly (number | boolean)[]): string {
  return `{${values.join(',')}}`
}

/** Why a member was not appended: a command that is recorded, else an expectation that does not hold. */
function failureOf(
  commands: readonly CommandRecord[],
  recorded: ReadonlySet<string | undefined>,
  parts: readonly Part[],
  headOf: (part: Part) => number,
): AppendResult {
  const duplicate = commands.find(({ commandId }) => recorded.has(commandId))
  if (duplicate) return { outcome: 'duplicate', commandId: duplicate.commandId }
  const wrong = parts.find((part) => !holds(part.expected, headOf(part)))
  if (wrong) return { outcome: 'conflict', stream: wrong.stream, version: headOf(wrong) }
  throw new Error('The append function refused a member for no reason.')
}

/** Whether a part adds to its stream, and does not only check it. */
export function isWrite({ count }: StreamAppend): boolean {
  return count > 0
}

function expectedNumber(expected: Expectation): number {
  if (expected === 'any') return -1
  if (expected === 'present') return -2
  return expected === 'absent' ? 0 : expected
}

function holds(expected: Expectation, version: number): boolean {
  if (expected === 'any') return true
  if (expected === 'present') return version > 0
  return version === (expected === 'absent' ? 0 : expected)
}
