import type { App, CommandMessage, RecordedEvent } from '../definitions/index.ts'
import type { CommandRecord, EventStore, Identity, Position } from '../ports/index.ts'
import type { CommandMetadata } from './codec.ts'
import { decodeCommit } from './codec.ts'
import { deriveId, hashOf } from './derived-id.ts'
import type { Executor } from './executor.ts'
import type { StateStore } from './state-store.ts'
import { isAggregateId, streamOf } from './stream-name.ts'
import type { Task, TaskReference, TaskResult } from './task.ts'
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
}

type Parsed = Omit<Task, 'attempts' | 'settle' | 'fail'>
type AcceptedResult = Extract<TaskResult, { kind: 'accepted' }>

export class Commands {
  readonly #services: CommandServices
  /** Commands with ids of their callers' that are under way. */
  readonly #underWay = new Map<string, Promise<unknown>>()

  constructor(services: CommandServices) {
    this.#services = services
  }

  execute(message: CommandMessage, options: ExecuteOptions = {}): Promise<Outcome> {
    const parsed = this.#parse(message, options)
    if ('outcome' in parsed) return Promise.resolve(parsed)
    return parsed.hash === undefined ? this.#run(parsed) : this.#runOnce(parsed)
  }

  #parse(message: CommandMessage, options: ExecuteOptions): Parsed | Outcome {
    const { command, aggregateId } = message
    const { aggregate, commandName } = command
    const definition = aggregate.definitions[commandName]
    if (!definition || !this.#services.app.aggregates.includes(aggregate)) {
      throw new Error(`The command '${commandName}' of '${aggregate.name}' is not part of ${this.#services.app.name}`)
    }
    const input = definition.input.safeParse(message.input)
    if (!input.success) return invalid(input.error.issues.map(faultOf))
    const { commandId = this.#services.identity.newId() } = options
    const id = aggregateId ?? this.#newAggregateId(options)
    if (!isAggregateId(id)) return invalid([{ field: 'id', message: ID_RULE }])
    const references = referencesOf(definition, input.data as Readonly<Record<string, string>>)
    const misnamed = references.find((reference) => !isAggregateId(reference.id))
    if (misnamed) return invalid([{ field: misnamed.field, message: ID_RULE }])
    const { correlationId = commandId, causationId, traceparent, actor, expectedVersion } = options
    const metadata: CommandMetadata = { commandId, correlationId, causationId, traceparent, actor }
    const remembered = options.commandId !== undefined
    return {
      aggregate,
      definition,
      id,
      stream: streamOf(aggregate, id),
      input: input.data,
      references,
      metadata,
      hash: remembered ? hashOf([aggregate.name, commandName, aggregateId ?? null, input.data]) : undefined,
      expectedVersion,
      isNew: aggregateId === undefined && !remembered,
    }
  }

  /** A command with an id of its caller's makes the same aggregate however often it is executed. */
  #newAggregateId({ commandId }: ExecuteOptions): string {
    return commandId === undefined ? this.#services.identity.newId() : deriveId('aggregate', commandId)
  }

  #run(parsed: Parsed): Promise<Outcome> {
    return new Promise((resolve, fail) => {
      const settle: Task['settle'] = (result, position) => resolve(this.#outcomeOf(parsed, result, position))
      this.#services.executor.submit({ ...parsed, attempts: 0, settle, fail })
    })
  }

  #outcomeOf(parsed: Parsed, result: TaskResult, position: Position): Outcome | Promise<Outcome> {
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
    const running = this.#lookUpOrRun(parsed)
    this.#underWay.set(commandId, running)
    try {
      return await running
    } finally {
      this.#underWay.delete(commandId)
    }
  }

  async #lookUpOrRun(parsed: Parsed): Promise<Outcome> {
    const record = await this.#services.events.findCommand(parsed.metadata.commandId)
    if (!record) return this.#run(parsed)
    if (record.stream !== parsed.stream || record.hash !== parsed.hash) return { outcome: 'id-reused' }
    return this.#repeat(parsed, record)
  }

  #accepted({ id, stream }: Parsed, { events, state, version }: AcceptedResult, position: Position): Outcome {
    const token = this.#services.tokens.write({ stream, version, position })
    return { outcome: 'accepted', id, version, events, state, token, repeated: false }
  }

  /** The recorded answer, built from what was appended then. */
  async #repeat({ aggregate, id, stream }: Parsed, { version, count }: CommandRecord): Promise<AcceptedOutcome> {
    const { events, states, tokens } = this.#services
    const { state } = await states.load(aggregate, stream, version)
    const recorded: RecordedEvent[] = []
    for (const commit of await events.readStream(stream, version - count, count)) {
      const decoded = decodeCommit(commit).filter(
        (event) => event.version > version - count && event.version <= version,
      )
      recorded.push(...decoded)
    }
    // An append of nothing tells where the feed stands: no earlier than where it stood when the command was recorded.
    const [nothing] = await events.append([{ streams: [], commands: [] }])
    const position = nothing?.outcome === 'appended' ? nothing.position : ''
    const token = tokens.write({ stream, version, position })
    return { outcome: 'accepted', id, version, events: recorded, state, token, repeated: true }
  }
}

const ID_RULE = 'has to be 1 to 128 letters, digits or any of . _ ~ : @ -'

function invalid(faults: readonly InputFault[]): Outcome {
  return { outcome: 'invalid', faults }
}

function faultOf(issue: { readonly path: readonly PropertyKey[]; readonly message: string }): InputFault {
  return { field: issue.path.map(String).join('.'), message: issue.message }
}

function referencesOf(
  definition: Task['definition'],
  input: Readonly<Record<string, string>>,
): (TaskReference & { readonly field: string })[] {
  const { reads = {}, writes = {} } = definition
  const resolve = (references: typeof reads, writable: boolean) =>
    Object.entries(references).map(([name, { aggregate, idField: field }]) => {
      const id = String(input[field])
      return { name, aggregate, id, stream: streamOf(aggregate, id), writable, field }
    })
  return [...resolve(reads, false), ...resolve(writes, true)]
}
