import type * as z from 'zod'
import type {
  Aggregate,
  AnyAggregate,
  AnyCommand,
  Command,
  EventSchemas,
  NewEvent,
  RawAggregate,
  Rejection,
} from '../definitions/index.ts'
import { type Decided, decideOn, type Situation } from './decided.ts'
import { fail, same, show } from './fail.ts'
import { asRecorded, expectDistinct, type GivenEvent, type History, history } from './history.ts'
import { nthId, testTime } from './test-values.ts'

export interface GivenOptions {
  /** The aggregate's id; `nthId(0)` if not given. */
  readonly id?: string
  /** When the command is decided; `testTime` if not given. */
  readonly now?: string
  /** The ids that `decide` asks for; `nthId(1)`, `nthId(2)`, … if not given. */
  readonly newId?: () => string
}

/** An aggregate with a history, waiting for a command. */
export interface Given<Events extends EventSchemas, State> {
  /** Histories of further aggregates that the command reads or writes; those not given do not exist yet. */
  and(...others: readonly History[]): Given<Events, State>
  /**
   * Decides one command.
   *
   * @throws AssertionError when `decide` throws, changes what it is given, or makes events that cannot be recorded
   */
  when<Input extends z.ZodType>(
    command: Command<Input, NewEvent<Events>, State>,
    input: z.input<Input>,
  ): Then<Events, State>
}

/** What a command decided. Every expectation that does not hold throws an AssertionError that shows the difference. */
export interface Then<Events extends EventSchemas, State> {
  /** These events and no others, as they would be recorded; those for further aggregates as their histories. */
  expectEvents(events: readonly NewEvent<Events>[], ...others: readonly History[]): Then<Events, State>
  /** Accepted, and nothing has changed. */
  expectNothing(): Then<Events, State>
  /** Rejected with this code. */
  expectRejection(code: string, details?: Partial<Pick<Rejection, 'title' | 'status' | 'detail'>>): Then<Events, State>
  /** Never decided, because exactly these fields of the input are wrong (`buyer.email`; empty: the whole input). */
  expectInvalid(...fields: readonly [string, ...string[]]): Then<Events, State>
  /** Accepted, and this is the state after it. */
  expectState(state: State): Then<Events, State>
}

/**
 * Begins a test of a decision.
 *
 * @example
 * given(Concert, [Concert.event('Scheduled', { ...concert, availableTickets: 0 })])
 *   .when(Concert.commands.buyTicket, ada)
 *   .expectRejection('sold-out', { status: 400 })
 */
export function given<Known extends EventSchemas>(
  aggregate: RawAggregate<string, Known>,
  events: readonly GivenEvent<EventSchemas>[],
  options?: GivenOptions,
): Given<EventSchemas, undefined>
export function given<Events extends EventSchemas, State>(
  // biome-ignore lint/suspicious/noExplicitAny: an aggregate of which the events and the state matter
  aggregate: Aggregate<string, Events, State, any>,
  events: readonly GivenEvent<NoInfer<Events>>[],
  options?: GivenOptions,
): Given<Events, State>
export function given<Events extends EventSchemas, State>(
  aggregate: AnyAggregate,
  events: readonly GivenEvent<EventSchemas>[],
  options: GivenOptions = {},
): Given<Events, State> {
  const { id = nthId(0), now = testTime, newId = idsInOrder() } = options
  const own = history(aggregate, id, events)
  return situated({ own, others: [], now, newId })
}

function idsInOrder(): () => string {
  let count = 0
  return () => {
    count += 1
    return nthId(count)
  }
}

function situated<Events extends EventSchemas, State>(situation: Situation): Given<Events, State> {
  return {
    and: (...others) => {
      const all = [...situation.others, ...others]
      expectDistinct([situation.own, ...all])
      return situated({ ...situation, others: all })
    },
    when: (command, input) => {
      const events = situation.own.events.map(({ type }) => type).join(', ') || 'nothing'
      const story = `Given ${events}, when ${command.commandName} ${show(input)}:`
      return new Outcome<Events, State>(story, decideOn(situation, command as AnyCommand, input), situation.own.stream)
    },
  }
}

class Outcome<Events extends EventSchemas, State> implements Then<Events, State> {
  readonly #story: string
  readonly #decided: Decided
  readonly #stream: string

  constructor(story: string, decided: Decided, stream: string) {
    this.#story = story
    this.#decided = decided
    this.#stream = stream
  }

  expectEvents(events: readonly NewEvent<Events>[], ...others: readonly History[]): this {
    const { events: own, foreign } = this.#accepted('events')
    const expected = others.map(({ stream, events: all }) => [stream, all.map(({ type, data }) => ({ type, data }))])
    this.#same(
      { [this.#stream]: own, ...Object.fromEntries(foreign) },
      { [this.#stream]: asRecorded(events.map(({ type, data }) => ({ type, data }))), ...Object.fromEntries(expected) },
      'other events were expected',
    )
    return this
  }

  expectNothing(): this {
    return this.expectEvents([])
  }

  expectRejection(code: string, details: Partial<Pick<Rejection, 'title' | 'status' | 'detail'>> = {}): this {
    if (this.#decided.kind !== 'rejected') this.#fail(`the rejection '${code}' was expected`)
    const { rejection } = this.#decided
    const seen = Object.fromEntries(Object.keys(details).map((key) => [key, rejection[key as keyof Rejection]]))
    this.#same({ code: rejection.code, ...seen }, { code, ...details }, 'another rejection was expected')
    return this
  }

  expectInvalid(...fields: readonly [string, ...string[]]): this {
    if (this.#decided.kind !== 'invalid') this.#fail(`the input was expected to be wrong in ${fields.join(', ')}`)
    const seen = [...new Set(this.#decided.fields)].sort()
    this.#same(seen, [...fields].sort(), 'the input was expected to be wrong in other fields')
    return this
  }

  expectState(state: State): this {
    this.#same(this.#accepted('a state').state, state, 'another state was expected')
    return this
  }

  #accepted(expected: string): Extract<Decided, { kind: 'accepted' }> {
    return this.#decided.kind === 'accepted' ? this.#decided : this.#fail(`${expected} were expected`)
  }

  #same(actual: unknown, expected: unknown, what: string): void {
    same(actual, expected, `${this.#story} ${what}.`)
  }

  #fail(expected: string): never {
    return fail(`${this.#story} ${expected}, but ${inWords(this.#decided)}`)
  }
}

function inWords(decided: Decided): string {
  if (decided.kind === 'rejected') {
    const { code, title, status } = decided.rejection
    return `it was rejected: ${code} (${status}, "${title}")`
  }
  if (decided.kind === 'invalid') return `the input is wrong in: ${decided.fields.join(', ') || 'the whole of it'}`
  return `these events were decided: ${show(decided.events)}`
}
