import type * as z from 'zod'
import { deepFreeze } from '../definitions/deep-freeze.ts'
import type { AnyAggregate, AnyCommand, NewEvent, Rejection } from '../definitions/index.ts'
import { faultsOf, referencesOf } from '../runtime/commands.ts'
import { type DecisionResult, decide } from '../runtime/decision.ts'
import { initial, type VersionedState } from '../runtime/state-store.ts'
import { isAggregateId } from '../runtime/stream-name.ts'
import type { Task, TaskReference } from '../runtime/task.ts'
import { fail, show } from './fail.ts'
import { asRecorded, type History } from './history.ts'

/** Everything that a decision depends on. */
export interface Situation {
  readonly own: History
  readonly others: readonly History[]
  readonly now: string
  readonly newId: () => string
}

type AnyEvent = NewEvent<Record<string, never>>

/** What became of a command. */
export type Decided =
  | {
      readonly kind: 'accepted'
      readonly events: readonly AnyEvent[]
      /** Events for other aggregates, by stream. */
      readonly foreign: ReadonlyMap<string, readonly AnyEvent[]>
      readonly state: unknown
    }
  | { readonly kind: 'rejected'; readonly rejection: Rejection }
  | { readonly kind: 'invalid'; readonly fields: readonly string[] }

/** Lets a command decide as the runtime does, on frozen states: parse, fold, decide, check, evolve. */
export function decideOn(situation: Situation, command: AnyCommand, input: unknown): Decided {
  const { own, now, newId } = situation
  const { aggregate, commandName } = command
  if (aggregate !== own.aggregate) fail(`'${commandName}' is a command of '${aggregate.name}', not of '${own.stream}'`)
  const schema: z.ZodType = command.input
  const parsed = schema.safeParse(input)
  if (!parsed.success) {
    return { kind: 'invalid', fields: faultsOf(parsed.error.issues).map(({ field }) => field) }
  }
  const task = taskOf(own, command, deepFreeze(parsed.data))
  const misnamed = task.references.find(({ id }) => !isAggregateId(id))
  if (misnamed) return { kind: 'invalid', fields: [misnamed.field] }
  const states = statesOf(situation, task)
  const result = purely(`decide of '${commandName}'`, () =>
    decide(task, (stream) => states.get(stream) as VersionedState, now, newId),
  )
  if ('rejection' in result) return { kind: 'rejected', rejection: result.rejection }
  return accepted(own, task, states, result)
}

function accepted(
  { aggregate, stream }: History,
  { references }: OwnTask,
  states: ReadonlyMap<string, VersionedState>,
  result: Exclude<DecisionResult, { rejection: Rejection }>,
): Decided {
  const after = (of: AnyAggregate, name: string, events: readonly AnyEvent[]): unknown =>
    events.reduce((state, event) => evolve(of, state, event), states.get(name)?.state)
  const foreign = new Map<string, AnyEvent[]>()
  for (const [name, group] of Map.groupBy(result.foreign, (each) => each.stream)) {
    const target = references.find((reference) => reference.stream === name) as TaskReference
    foreign.set(name, asRecorded(group.map(({ event }) => event)))
    after(target.aggregate, name, foreign.get(name) ?? [])
  }
  const events = asRecorded(result.own)
  return { kind: 'accepted', events, foreign, state: after(aggregate, stream, events) }
}

type OwnTask = Omit<Task, 'references'> & { readonly references: ReturnType<typeof referencesOf> }

function taskOf({ aggregate, id, stream }: History, { commandName }: AnyCommand, input: unknown): OwnTask {
  const definition = aggregate.definitions[commandName] as Task['definition']
  const references = referencesOf(definition, input as Readonly<Record<string, unknown>>)
  return { aggregate, definition, id, stream, input, references } as unknown as OwnTask
}

/** The states of all streams that the command names; histories that it does not name are a mistake of the test. */
function statesOf({ own, others }: Situation, { references }: OwnTask): Map<string, VersionedState> {
  const states = new Map<string, VersionedState>()
  for (const { aggregate, stream } of references) states.set(stream, deepFreeze(initial(aggregate)))
  states.set(own.stream, stateOf(own))
  for (const other of others) {
    if (!states.has(other.stream)) {
      fail(`The history of '${other.stream}' was given, but the command names only: ${[...states.keys()].join(', ')}`)
    }
    states.set(other.stream, stateOf(other))
  }
  return states
}

function stateOf({ aggregate, events }: History): VersionedState {
  const start = deepFreeze(aggregate.initialState as unknown)
  return {
    state: events.reduce((state, { type, data }) => evolve(aggregate, state, { type, data }), start),
    version: events.length,
  }
}

function evolve(aggregate: AnyAggregate, state: unknown, event: { type: string; data: unknown }): unknown {
  const what = `evolve of '${aggregate.name}' for '${event.type}'`
  return deepFreeze(purely(what, () => aggregate.evolve(state, deepFreeze(event))))
}

/** Runs a function of the definition; what it is given is frozen. */
function purely<T>(what: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : show(error)
    const hint = isChange(error)
      ? '\nWhat it is given is frozen: it has to answer a new value, and change nothing.'
      : ''
    return fail(`${what} threw ${why}${hint}`, error)
  }
}

function isChange(error: unknown): boolean {
  return (
    error instanceof TypeError && /read only|not extensible|Cannot delete property|Cannot redefine/.test(error.message)
  )
}
