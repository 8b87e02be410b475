import type * as z from 'zod'
import type { AggregateReferences, App, CommandMessage, RecordedEvent } from '../definitions/index.ts'
import type { CommandRecord, EventStore, Identity, Position } from '../ports/index.ts'
import { decodeCommit } from './codec.ts'
import { deriveId, hashOf } from './derived-id.ts'
import { commandTooLarge, fromStore, stopping } from './errors.ts'
import type { Executor } from './executor.ts'
import { newestOf } from './newest-position.ts'
import { readEvent } from './read-event.ts'
import type { StateStore } from './state-store.ts'
import { isAggregateId, streamOf } from './stream-name.ts'
import { streamsOf, type Task, type TaskReference, type TaskResult, writtenBeside } from './task.ts'
import type { CommandTelemetry } from './telemetry-commands.ts'
import type { Tokens } from './token.ts'
import type { AcceptedOutcome, ExecuteOptions, InputFault, Outcome } from './types.ts'

/**
 * From a message to its outcome.
 *
 * 1. (G11) Nothing is decided on input that does not fit its schema.
 * 2. (G6) A command id of the caller's is looked up first; while one command with an id is under way, others with the
 *    same id wait for it.
 */
export interface CommandServices {
  readonly app: App
  readonly events: EventStore
  readonly states: StateStore
  readonly executor: Executor
  readonly identity: Identity
  readonly tokens: Tokens
  readonly telemetry: CommandTelemetry | undefined
}

type Parsed = Omit<Task, 'attempts' | 'settle' | 'fail'>
type AcceptedResult = Extract<TaskResult, { kind: 'accepted' }>

export class Commands {
  readonly #services: CommandServices
  /** Commands with ids of their callers' that are under way. */
  readonly #underWay = new Map<string, Promise<unknown>>()
  #stopping = false

  constructor(services: CommandServices) {
    this.#services = services
  }

  execute(message: CommandMessage, options: ExecuteOptions = {}): Promise<Outcome> {
    const { telemetry } = this.#services
    if (!telemetry) return this.#execute(message, options)
    return telemetry.execute(message, options, (traced) => this.#execute(message, traced))
  }

  #execute(message: CommandMessage, options: ExecuteOptions): Promise<Outcome> {
    try {
      const parsed = this.#parse(message, options)
      if ('outcome' in parsed) return Promise.resolve(parsed)
      this.#checkSize(parsed)
      return parsed.hash === undefined ? this.#run(parsed) : this.#runOnce(parsed)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Refuses new commands, and resolves when those that were taken have been answered. */
  async stop(): Promise<void> {
    this.#stopping = true
    await this.#services.executor.stop()
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay.values())
  }

  #parse(message: CommandMessage, options: ExecuteOptions): Parsed | Outcome {
    const { command, aggregateId } = message
    const { aggregate, commandName } = command
    const definition = aggregate.definitions[commandName]
    if (!definition || !this.#services.app.aggregates.includes(aggregate)) {
      throw new Error(`The command '${commandName}' of '${aggregate.name}' is not part of ${this.#services.app.name}`)
    }
    const input = definition.input.safeParse(message.input)
    const { commandId = this.#services.identity.newId() } = options
    const id = aggregateId ?? this.#newAggregateId(options)
    const references = referencesOf(definition, input.success ? input.data : message.input)
    if (!input.success || !isAggregateId(id) || !references.every((reference) => isAggregateId(reference.id))) {
      return invalid(id, references, input.error?.issues ?? [])
    }
    const {
      correlationId = commandId,
      causationId = commandId,
      traceparent,
      actor,
      causedBy,
      expectedVersion,
    } = options
    const metadata = { commandId, correlationId, causationId, traceparent, actor, command: commandName, causedBy }
    const remembered = options.commandId !== undefined
    return {
      aggregate,
      definition,
      id,
      stream: streamOf(aggregate, id),
      input: input.data,
      references,
      metadata,
      // Of the input as it was sent: a schema may make defaults that differ every time.
      hash: remembered ? hashOf([aggregate.name, commandName, aggregateId ?? null, message.input]) : undefined,
      expectedVersion,
      isNew: aggregateId === undefined && !remembered,
    }
  }

  #checkSize(parsed: Parsed): void {
    if (parsed.references.length === 0) return
    const needed = new Set(streamsOf(parsed)).size
    const { streams } = this.#services.events.limits
    if (needed > streams) throw commandTooLarge(`It needs ${needed} aggregates, and the store takes ${streams} at once`)
  }

  /** A command with an id of its caller's makes the same aggregate however often it is executed. */
  #newAggregateId({ commandId }: ExecuteOptions): string {
    return commandId === undefined ? this.#services.identity.newId() : deriveId('aggregate', commandId)
  }

  #run(parsed: Parsed): Promise<Outcome> {
    return new Promise((resolve, fail) => {
      const settle: Task['settle'] = (result, position) => {
        if (result.kind === 'failed') fail(result.error)
        else resolve(this.#outcomeOf(parsed, result, position))
      }
      this.#services.executor.submit({ ...parsed, attempts: 0, settle, fail })
    })
  }

  #outcomeOf(
    parsed: Parsed,
    result: Exclude<TaskResult, { kind: 'failed' }>,
    position: Position,
  ): Outcome | Promise<Outcome> {
    switch (result.kind) {
      case 'accepted':
        return this.#accepted(parsed, result, position)
      case 'recorded':
        return this.#lookUpOrRun(parsed)
      case 'rejected':
        return { outcome: 'rejected', rejection: result.rejection }
      case 'version-mismatch':
        return { outcome: 'version-mismatch', version: result.version }
    }
  }

  async #runOnce(parsed: Parsed): Promise<Outcome> {
    const { commandId } = parsed.metadata
    for (let before = this.#underWay.get(commandId); before; before = this.#underWay.get(commandId)) {
      await before.catch(() => {})
    }
    if (this.#stopping) throw stopping()
    const running = this.#lookUpOrRun(parsed)
    this.#underWay.set(commandId, running)
    try {
      return await running
    } finally {
      this.#underWay.delete(commandId)
    }
  }

  async #lookUpOrRun(parsed: Parsed): Promise<Outcome> {
    const { events } = this.#services
    const record = await fromStore(events.findCommand(parsed.metadata.commandId, streamsOf(parsed)))
    if (!record) return this.#run(parsed)
    if (record.stream !== parsed.stream || record.hash !== parsed.hash) return { outcome: 'id-reused' }
    return fromStore(this.#repeat(parsed, record))
  }

  #accepted(parsed: Parsed, { events, state, version, others }: AcceptedResult, position: Position): Outcome {
    const { id, stream } = parsed
    const token = this.#services.tokens.write({ streams: [{ stream, version }, ...others], position })
    return { outcome: 'accepted', id, version, events, state, token, repeated: false }
  }

  /**
   * The recorded answer, built from what was appended then. Its token stands for now: that is no earlier than when the
   * command was recorded.
   */
  async #repeat(parsed: Parsed, { version, count }: CommandRecord): Promise<AcceptedOutcome> {
    const { aggregate, id, stream } = parsed
    const { events, states, tokens } = this.#services
    const { state } = await states.load(aggregate, stream, version)
    const recorded = count > 0 ? await this.#recorded(parsed, version - count, version) : []
    const { streams, position } = await newestOf(events, writtenBeside(parsed))
    const token = tokens.write({ streams: [{ stream, version }, ...streams], position })
    return { outcome: 'accepted', id, version, events: recorded, state, token, repeated: true }
  }

  async #recorded({ aggregate, stream }: Parsed, after: number, last: number): Promise<RecordedEvent[]> {
    const commits = await this.#services.events.readStream(stream, after, last - after)
    const events = commits.flatMap(decodeCommit).filter(({ version }) => version > after && version <= last)
    return events.map((event) => readEvent(aggregate, event))
  }
}

const ID_RULE = 'has to be 1 to 128 letters, digits or any of . _ ~ : @ -'

/** Names every field that is wrong, each once. */
function invalid(
  id: string,
  references: ReturnType<typeof referencesOf>,
  issues: readonly z.core.$ZodIssue[],
): Outcome {
  const ofInput = faultsOf(issues)
  const known = new Set(ofInput.map(({ field }) => field))
  const ids = [{ id, field: 'id' }, ...references].filter(
    (named) => !isAggregateId(named.id) && !known.has(named.field),
  )
  return { outcome: 'invalid', faults: [...ids.map(({ field }) => ({ field, message: ID_RULE })), ...ofInput] }
}

const MOST_FAULTS = 50

/** One fault a field, a key that is not known being a field too: the first of them, and how many more there are. */
export function faultsOf(issues: readonly z.core.$ZodIssue[]): InputFault[] {
  const faults: InputFault[] = []
  let more = 0
  const add = (path: readonly PropertyKey[], message: string) => {
    if (faults.length < MOST_FAULTS) faults.push({ field: path.map(String).join('.'), message })
    else more += 1
  }
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') add(issue.path, wordsOf(issue))
    else for (const key of issue.keys) add([...issue.path, key], 'is not a known field')
  }
  return more === 0 ? faults : [...faults, { field: '', message: `${more} more faults are not listed` }]
}

const OF_WHAT_IS_MISSING = /^Invalid input: expected .*, received undefined$/

/** The schema's words, but where Zod's own would only say that there is nothing. */
function wordsOf({ code, message }: z.core.$ZodIssue): string {
  return code === 'invalid_type' && OF_WHAT_IS_MISSING.test(message) ? 'is missing' : message
}

/** The further aggregates that a command names, with the field of its input that names each. */
export function referencesOf(
  definition: Task['definition'],
  input: unknown,
): (TaskReference & { readonly field: string })[] {
  const { reads, writes } = definition
  if (!reads && !writes) return []
  const fields: Readonly<Record<string, unknown>> = Object(input)
  const resolve = (references: AggregateReferences | undefined, writable: boolean) =>
    Object.entries(references ?? {}).map(([name, { aggregate, idField: field }]) => {
      const value = fields[field]
      const id = typeof value === 'string' ? value : ''
      return { name, aggregate, id, stream: streamOf(aggregate, id), writable, field }
    })
  return [...resolve(reads, false), ...resolve(writes, true)]
}
