import type { AnyPolicy, App, EventPlace, RecordedEvent } from '../../definitions/index.ts'
import type { EventStore } from '../../ports/index.ts'
import { fromStore } from '../errors.ts'
import { OperationRefused } from '../operations.ts'
import type { OperatedPolicy } from '../operations-of.ts'
import { type PolicyStanding, type StandingStore, standingOf } from '../policy-standing.ts'
import { parseStream } from '../stream-name.ts'
import { CausationGraph } from './causation-graph.ts'
import { type CausationPath, pathTo, policyOf } from './causation-path.ts'
import type { Causation, CausationNode } from './explorer.ts'
import { commandsOfPolicy } from './policy-steps.ts'
import { type RecordedCommand, RecordedCommands } from './recorded-commands.ts'

export interface CausationServices {
  readonly app: App
  readonly events: EventStore
  readonly policies: readonly OperatedPolicy[]
  /** Lets others have their turn. */
  readonly breathe: () => Promise<void>
}

/**
 * What an event belongs to: from the request to all that has followed from it by policies.
 *
 * 1. There is no index of what follows from what: backwards it goes by the places that commands of policies bear, forwards
 *    by the ids of the commands that a policy can have issued.
 * 2. It is bounded. What leads to the event that was asked for comes first.
 *
 * @throws OperationRefused when the event is not there, or cannot be read
 */
export async function causation(place: EventPlace, services: CausationServices): Promise<Causation> {
  const commands = new RecordedCommands(services.events)
  const asked = await commands.at(place)
  if (!asked) throw new OperationRefused('not-found', 'There is no such event, or it cannot be read.')
  const path = await pathTo(asked, commands)
  const story = new Story(commands, services)
  await story.tell(path)
  const { correlationId } = asked.events[0] as RecordedEvent
  const { nodes, edges, isFull } = story.graph
  return { correlationId, truncated: isFull || commands.isExhausted || !path.isWhole, nodes, edges }
}

/** So many reactions are looked for at the same time. */
const REACTIONS_AT_A_TIME = 8

/** What a policy may have done about an event. */
interface Occasion {
  readonly policy: AnyPolicy
  readonly event: RecordedEvent
}

interface Reaction {
  readonly node: CausationNode
  readonly found: readonly RecordedCommand[]
  readonly event: RecordedEvent
}

class Story {
  readonly graph = new CausationGraph()
  readonly #commands: RecordedCommands
  readonly #services: CausationServices
  /** What each policy keeps. */
  readonly #stores = new Map<string, Promise<StandingStore>>()
  readonly #told = new Set<string>()
  /** Commands of which it is not told yet what followed. */
  readonly #left: RecordedCommand[] = []

  constructor(commands: RecordedCommands, services: CausationServices) {
    this.#commands = commands
    this.#services = services
  }

  async tell({ commands, isWhole }: CausationPath): Promise<void> {
    const request = commands[0]?.events[0]
    if (isWhole && request) this.#tellRequest(request)
    for (const command of commands) this.#tellCommand(command)
    for (let next = this.#left.shift(); next; next = this.#left.shift()) {
      await this.#tellReactions(next)
    }
  }

  #tellRequest({ correlationId, recordedAt: at, actor }: RecordedEvent): void {
    this.graph.add({ id: requestNode(correlationId), kind: 'request', label: correlationId, at, actor })
  }

  /** @param from what led to it; if not given, that is told by its events */
  #tellCommand(command: RecordedCommand, from?: CausationNode): void {
    if (this.#told.has(command.id)) return
    this.#told.add(command.id)
    this.#left.push(command)
    const { id, stream, events } = command
    const [event] = events
    const { recordedAt: at = from?.at ?? '', actor = from && `policy:${from.label}` } = event ?? {}
    const node = `command:${id}`
    const label = labelOf(command, this.#services.app)
    const status = didNothing(command, this.#services.app) ? 'nothing' : undefined
    this.graph.add(
      { id: node, kind: 'command', label, stream, at, actor, status },
      from?.id ?? (event && originOf(event)),
    )
    for (const each of events) {
      const { type, version, recordedAt } = each
      this.graph.add({ id: each.id, kind: 'event', label: type, stream: each.stream, version, at: recordedAt }, node)
    }
  }

  async #tellReactions({ events }: RecordedCommand): Promise<void> {
    const { app, breathe } = this.#services
    const occasions = events.flatMap((event) =>
      app.policies.filter((policy) => handles(policy, event)).map((policy) => ({ policy, event })),
    )
    for (let from = 0; from < occasions.length && !this.#isOver; from += REACTIONS_AT_A_TIME) {
      const some = occasions.slice(from, from + REACTIONS_AT_A_TIME)
      const reactions = await Promise.all(some.map((occasion) => this.#reaction(occasion)))
      if (!this.#commands.isExhausted) for (const reaction of reactions) this.#tellReaction(reaction)
      await breathe()
    }
  }

  /** Whether there is no room for more, or nothing more may be looked for. */
  get #isOver(): boolean {
    return this.graph.isFull || this.#commands.isExhausted
  }

  async #reaction({ policy, event }: Occasion): Promise<Reaction> {
    const found = await commandsOfPolicy(policy, event.id, this.#commands)
    const standing = await fromStore(this.#standing(policy.name, event))
    return { node: reactionOf(policy.name, event, found, standing), found, event }
  }

  #tellReaction({ node, found, event }: Reaction): void {
    if (this.graph.isFull) return
    this.graph.add(node, event.id)
    for (const command of found) this.#tellCommand(command, node)
  }

  async #standing(name: string, event: RecordedEvent): Promise<PolicyStanding> {
    const looked = this.#stores.get(name) ?? this.#look(name)
    this.#stores.set(name, looked)
    return standingOf(await looked, event)
  }

  async #look(name: string): Promise<StandingStore> {
    const policy = this.#services.policies.find((each) => each.name === name) as OperatedPolicy
    return policy.look()
  }
}

function handles({ handlers }: AnyPolicy, { stream, type }: RecordedEvent): boolean {
  const { aggregate: name } = parseStream(stream)
  return handlers.some(({ aggregate, eventType }) => aggregate.name === name && eventType === type)
}

function reactionOf(
  policy: string,
  event: RecordedEvent,
  found: readonly RecordedCommand[],
  { event: left, due }: PolicyStanding,
): CausationNode {
  const { stream, version, recordedAt } = event
  const at = found[0]?.events[0]?.recordedAt ?? recordedAt
  const status = left ?? (found.length > 0 ? 'reacted' : due === undefined ? 'nothing' : 'waiting')
  return { id: policyNode(policy, event.id), kind: 'policy', label: policy, stream, version, at, status, due }
}

/** The request or policy that a command came from. */
function originOf({ actor, causationId, correlationId }: RecordedEvent): string {
  const policy = policyOf(actor)
  return policy === undefined ? requestNode(correlationId) : policyNode(policy, causationId)
}

/** Of the streams that it wrote to, the command's own is of the aggregate that has such a command. */
function labelOf({ stream, events }: RecordedCommand, { aggregates }: App): string {
  const name = events[0]?.command
  const streams = [stream, ...events.map((event) => event.stream)].map((each) => parseStream(each).aggregate)
  if (name === undefined) return streams[0] as string
  const has = (aggregate: string) => aggregates.some((each) => each.name === aggregate && each.definitions[name])
  return `${streams.find(has) ?? streams[0]}.${name}`
}

/** What recorded nothing in its own stream may have written to others, where commands of its aggregate do. */
function didNothing({ stream, isIdle }: RecordedCommand, { aggregates }: App): boolean {
  const aggregate = aggregates.find(({ name }) => name === parseStream(stream).aggregate)
  return isIdle && Object.values(aggregate?.definitions ?? {}).every(({ writes }) => !writes)
}

function requestNode(correlationId: string): string {
  return `request:${correlationId}`
}

function policyNode(policy: string, eventId: string): string {
  return `policy:${policy}:${eventId}`
}
