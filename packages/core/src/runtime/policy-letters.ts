import type { RecordedEvent } from '../definitions/index.ts'
import { decodeCommit } from './codec.ts'
import { fromStore } from './errors.ts'
import {
  type DeadLetter,
  type DiscardedLetter,
  type DiscardOrder,
  type LetterAddress,
  OperationRefused,
} from './operations.ts'
import type { Consumer } from './operations-of.ts'
import type { PolicyRunner } from './policy-runner.ts'
import type { PolicySession } from './policy-session.ts'
import type { PolicyStream } from './policy-stream.ts'
import { allDeadTimers } from './timers-list.ts'
import type { Timer } from './timers-stored.ts'

/**
 * What operators can do about the events and timers that a policy failed on (G10).
 *
 * 1. An event that is given up counts as reacted to: it is recorded together with the stream's going on.
 * 2. Of a timer that was given up the key is recorded as the document.
 */
export class PolicyLetters implements Consumer {
  readonly name: string
  readonly #runner: PolicyRunner

  constructor(runner: PolicyRunner) {
    this.name = runner.policy.name
    this.#runner = runner
  }

  async deadLetters(): Promise<DeadLetter[]> {
    const { sessionAtWork: session } = this.#runner
    const streams = session.store.streams.parked().map((stream) => this.#letterOf(session, stream))
    const dead = await fromStore(allDeadTimers(session.store))
    const timers = dead.map((timer) => this.#timerLetterOf(session, timer))
    const letters = await fromStore(Promise.all([...streams, ...timers]))
    return letters.sort((a, b) => (a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : a.version - b.version))
  }

  async retry(address: LetterAddress): Promise<'applied' | 'parked'> {
    const { sessionAtWork: session } = this.#runner
    if (address.timer !== undefined) return session.timers.dead.retry(address)
    const outcome = await session.workers.retry(this.#parkedAt(session, address))
    await fromStore(session.store.flush())
    return outcome
  }

  async discard(address: LetterAddress, order: DiscardOrder): Promise<void> {
    const { sessionAtWork: session } = this.#runner
    if (address.timer !== undefined) return session.timers.dead.discard(address, order)
    await this.#discardEvent(session, this.#parkedAt(session, address), order)
    await fromStore(session.store.flush())
  }

  async discarded(): Promise<DiscardedLetter[]> {
    const { name: consumer } = this
    const events = await fromStore(this.#runner.sessionAtWork.store.loadDiscarded())
    return events.map(({ since, at, ...event }) => ({
      ...event,
      consumer,
      kind: 'policy',
      since: iso(since),
      at: iso(at),
    }))
  }

  async #discardEvent(session: PolicySession, stream: PolicyStream, order: DiscardOrder): Promise<void> {
    const { store, events, workers } = session
    const { version, error = '', ...entry } = stream.stored()
    const { commits } = await fromStore(store.readStream(stream.name, version - 1))
    const [due] = commits.flatMap((commit) => events.dueIn(commit, version))
    if (stream.isOnTrial || stream.version !== version || !stream.isParked) throw changedMeanwhile()
    store.discard({ ...entry, version, error, at: this.#runner.clock.now(), ...order })
    stream.pass(due?.version === version ? due.last : version)
    store.streams.mark(stream)
    store.changed()
    workers.begin(stream)
  }

  #parkedAt(session: PolicySession, { stream: name }: LetterAddress): PolicyStream {
    const stream = session.store.streams.get(name)
    if (!stream?.isParked) throw this.#noSuchLetter(`the stream '${name}' is not parked`)
    if (stream.isOnTrial) throw changedMeanwhile()
    return stream
  }

  #noSuchLetter(why: string): OperationRefused {
    return new OperationRefused('no-dead-letter', `The policy '${this.name}' has no such dead letter: ${why}`)
  }

  async #letterOf(session: PolicySession, stream: PolicyStream): Promise<DeadLetter> {
    const { version, error = '', attempts, since } = stream.stored()
    return {
      ...(await this.#common(session, stream.name, version)),
      timer: undefined,
      error,
      attempts,
      since: iso(since),
    }
  }

  async #timerLetterOf(session: PolicySession, timer: Timer): Promise<DeadLetter> {
    const { key, stream, version, attempts, error = '', failedAt = 0 } = timer
    return { ...(await this.#common(session, stream, version)), timer: key, error, attempts, since: iso(failedAt) }
  }

  async #common(session: PolicySession, stream: string, version: number) {
    const { name: consumer } = this
    const event = await eventAt(session, stream, version)
    return { consumer, kind: 'policy' as const, stream, version, document: undefined, event }
  }
}

async function eventAt(session: PolicySession, stream: string, version: number): Promise<RecordedEvent | undefined> {
  const { commits } = await session.store.readStream(stream, version - 1)
  const [commit] = commits
  if (!commit) return undefined
  try {
    const events = decodeCommit(commit)
    const event = events.find((each) => each.version === version)
    return event && session.events.read(event)
  } catch {
    return undefined
  }
}

function changedMeanwhile(): OperationRefused {
  return new OperationRefused('not-possible', 'The event is being tried at this moment: look again what became of it')
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
