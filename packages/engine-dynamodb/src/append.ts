import { randomBytes } from 'node:crypto'
import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Append, AppendResult, CommandRecord, Commit, Expectation, StreamAppend } from 'weir/ports'
import { EngineError } from 'weir/ports'
import { type Commits, keyOf, toItem } from './commits.ts'
import { unlocated } from './cursor.ts'
import type { Dynamo } from './dynamo.ts'
import { refuseLarge } from './limits.ts'
import type { LostRecords } from './lost-records.ts'
import { Lru } from './lru.ts'
import { backOff } from './patience.ts'
import { Puts } from './puts.ts'
import { type Records, toCommandItem } from './records.ts'
import { transact } from './transaction.ts'
import { Turns } from './turns.ts'

/** Of how many streams it is remembered where they end. */
const rememberedEnds = 100_000

/** How often an append that expects no version is tried when others are quicker. */
const maxAttempts = 60

/** A part of an append, with the end of a commit of its stream at which it is to take effect. */
interface PlacedPart extends StreamAppend {
  readonly at: number
  /** Whether the stream was read to find this out: it has been there in the course of this append. */
  readonly isRead: boolean
}

/** What was tried: done, or something else is there already, of which the caller is not told what. */
type Attempt = 'done' | 'overtaken'

/**
 * Appends members of groups.
 *
 * 1. (G1) A commit is put at the version behind the end of another, where nothing is yet. So of all who append to a stream
 *    one is first, and versions have no gaps: the place alone tells whether an expectation holds. That a version is the end
 *    of a commit is known by reading or by having appended; that it is the end of the stream, the put finds out.
 * 2. (G1) Members that share a stream or a command go one after the other, in the order of asking; others side by side.
 * 3. (G1) A stream that is only checked is checked in the same transaction, by the absence of the commit behind it.
 * 4. (G6) Before a conflict is reported, records are looked for: a command that is there has its answer. What a command
 *    wrote keeps its record, too.
 * 5. (G7) What writes nothing reads what it expects. Streams only grow: those that are all found to end where they ended
 *    before the reading have ended there all at once.
 */
export class Appender {
  readonly #dynamo: Dynamo
  readonly #commits: Commits
  readonly #records: Records
  readonly #lost: LostRecords | undefined
  readonly #puts: Puts
  readonly #turns = new Turns()
  /** Ends of commits; the newest that is known of each stream. */
  readonly #ends = new Lru<string, number>(rememberedEnds)
  readonly #writer = randomBytes(6).toString('base64url')
  #writings = 0

  /** @param lost records of commands that may be missing, after a restore */
  constructor(dynamo: Dynamo, commits: Commits, records: Records, lost: LostRecords | undefined) {
    this.#dynamo = dynamo
    this.#commits = commits
    this.#records = records
    this.#lost = lost
    this.#puts = new Puts(dynamo)
  }

  /** @param wrote is told of commits, when they are durable */
  async append(group: readonly Append[], wrote: (commits: readonly Commit[]) => void): Promise<AppendResult[]> {
    for (const member of group) refuseLarge(member)
    const results = await Promise.allSettled(
      group.map((member) => this.#turns.take(namesOf(member), () => this.#appendMember(member, wrote))),
    )
    return results.map((result) => {
      if (result.status === 'fulfilled') return result.value
      throw result.reason
    })
  }

  /** A commit of this stream ends at this version. */
  learn(stream: string, end: number): void {
    if (end > (this.#ends.get(stream) ?? 0)) this.#ends.set(stream, end)
  }

  async #appendMember(member: Append, wrote: (commits: readonly Commit[]) => void): Promise<AppendResult> {
    const repeated = repeatedCommand(member)
    if (repeated >= 0) return this.#duplicateOf(member, repeated)
    if (member.commands.length > 0) await this.#lost?.restore(member.streams.map(({ stream }) => stream))
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const parts = await this.#place(member, attempt > 1)
      if ('outcome' in parts) return parts
      const commits = parts.filter(isWrite).map(toCommit)
      if ((await this.#write(member, parts, commits)) === 'done') {
        for (const { stream, at, count } of parts) this.learn(stream, at + count)
        if (commits.length > 0) wrote(commits)
        return { outcome: 'appended', versions: parts.map(({ at, count }) => at + count), position: unlocated }
      }
      if (await this.#hasRecords(member)) return this.#duplicateOf(member)
      if (attempt > 1) await backOff(attempt)
    }
    const streams = member.streams.map(({ stream }) => stream).join(', ')
    throw new EngineError(`DynamoDB: others append to ${streams} all the time. Try again in a moment.`)
  }

  /** Finds the ends at which the parts are to take effect; or the reason why they cannot. */
  async #place(member: Append, isOvertaken: boolean): Promise<PlacedPart[] | AppendResult> {
    const parts = await Promise.all(
      member.streams.map(async (part) => (isOvertaken ? undefined : this.#known(part)) ?? this.#read(part)),
    )
    const wrong = parts.find(({ expected, at }) => !holds(expected, at))
    if (!wrong) return parts
    if (await this.#hasRecords(member)) return this.#duplicateOf(member)
    return { outcome: 'conflict', stream: wrong.stream, version: wrong.at }
  }

  /** A part that can be tried without reading. */
  #known(part: StreamAppend): PlacedPart | undefined {
    const { stream, expected } = part
    const known = this.#ends.get(stream)
    if (known !== undefined) return holds(expected, known) ? { ...part, at: known, isRead: false } : undefined
    return expected === 'absent' || expected === 0 ? { ...part, at: 0, isRead: false } : undefined
  }

  async #read(part: StreamAppend): Promise<PlacedPart> {
    const at = await this.#commits.head(part.stream)
    this.learn(part.stream, at)
    return { ...part, at, isRead: true }
  }

  async #write({ commands }: Append, parts: readonly PlacedPart[], commits: readonly Commit[]): Promise<Attempt> {
    if (commits.length === 0 && commands.length === 0) return this.#check(parts)
    const writing = this.#nextWriting()
    const [only] = commits
    if (only && parts.length === 1 && commands.length === 0)
      return (await this.#puts.put(only, writing)) ? 'done' : 'overtaken'
    const items = [
      ...parts.map((part) => this.#itemOf(part, writing, keptWith(part, parts, commands))),
      ...commands.map((command) => this.#ifNew(this.#dynamo.tables.index, 'pk', toCommandItem(command, writing))),
    ]
    return (await transact(this.#dynamo, items, writing)) === 'done' ? 'done' : 'overtaken'
  }

  async #check(parts: readonly PlacedPart[]): Promise<Attempt> {
    const checks = parts.map(({ stream, at, isRead }) => !isRead && this.#commits.isThere(stream, at + 1))
    return (await Promise.all(checks)).includes(true) ? 'overtaken' : 'done'
  }

  #itemOf(part: PlacedPart, writing: string, commands: readonly CommandRecord[]): TransactWriteItem {
    const table = this.#dynamo.tables.events
    if (isWrite(part)) return this.#ifNew(table, 'S', toItem(toCommit(part), writing, commands))
    return {
      ConditionCheck: {
        TableName: table,
        Key: keyOf(part.stream, part.at + 1),
        ConditionExpression: 'attribute_not_exists(S)',
      },
    }
  }

  #ifNew(table: string, key: string, item: ReturnType<typeof toItem>): TransactWriteItem {
    return {
      Put: {
        TableName: table,
        Item: item,
        ConditionExpression: `attribute_not_exists(${key})`,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    }
  }

  async #hasRecords({ commands }: Append): Promise<boolean> {
    if (commands.length === 0) return false
    return (await this.#records.recorded(commands.map(({ commandId }) => commandId))).size > 0
  }

  /**
   * @param repeated the place of the first command that the member bears for the second time: it is a duplicate of itself, if
   * none before it is recorded
   */
  async #duplicateOf({ commands }: Append, repeated: number = commands.length - 1): Promise<AppendResult> {
    const ids = commands.slice(0, repeated + 1).map(({ commandId }) => commandId)
    const recorded = await this.#records.recorded(ids)
    return { outcome: 'duplicate', commandId: ids.find((id) => recorded.has(id)) ?? ids.at(-1) ?? '' }
  }

  #nextWriting(): string {
    this.#writings += 1
    return `${this.#writer}${this.#writings.toString(36)}`
  }
}

/** What members share that go one after the other: a name of a stream and an id of a command may be alike. */
function namesOf({ streams, commands }: Append): string[] {
  return [...streams.map(({ stream }) => `s${stream}`), ...commands.map(({ commandId }) => `c${commandId}`)]
}

/** The first command id that a member bears for the second time, by its place among the commands; -1 when there is none. */
function repeatedCommand({ commands }: Append): number {
  const ids = new Set<string>()
  return commands.findIndex(({ commandId }) => ids.size === ids.add(commandId).size)
}

/** Whether a part adds to its stream, and does not only check it. */
function isWrite({ count }: StreamAppend): boolean {
  return count > 0
}

/** The commands that a commit keeps: those of its stream, and those of streams that nothing is written to. */
function keptWith(
  { stream }: PlacedPart,
  parts: readonly PlacedPart[],
  commands: readonly CommandRecord[],
): CommandRecord[] {
  const written = new Set(parts.filter(isWrite).map((part) => part.stream))
  return commands.filter(({ stream: own }) => own === stream || !written.has(own))
}

function toCommit({ stream, at, count, payload }: PlacedPart): Commit {
  return { stream, version: at + 1, count, payload }
}

function holds(expected: Expectation, version: number): boolean {
  if (expected === 'any') return true
  if (expected === 'present') return version > 0
  return version === (expected === 'absent' ? 0 : expected)
}
