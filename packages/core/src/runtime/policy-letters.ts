import type { RecordedEvent } from '../definitions/index.ts'
import type { WaitingEvent } from '../ports/index.ts'
import { fromStore } from './errors.ts'
import {
  type DeadLetter,
  type DiscardedLetter,
  type DiscardOrder,
  type LetterAddress,
  OperationRefused,
} from './operations.ts'
import type { Consumer } from './operations-of.ts'
import { PolicyEvents } from './policy-events.ts'
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
  readonly #events: PolicyEvents

  constructor(runner: PolicyRunner) {
    this.name = runner.policy.name
    this.#runner = runner
    this.#events = new PolicyEvents(runner.policy)
  }

  async deadLetters(): Promise<DeadLetter[]> {
    const store = this.#runner.session?.store ?? (await this.#runner.look())
    const streams = store.parked().map((each) => this.#letterOf(each))
    const dead = await fromStore(allDeadTimers(store))
    const letters = [...streams, ...dead.map((timer) => this.#timerLetterOf(timer))]
    return letters.sort((a, b) => (a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : a.version - b.version))
  }

  read(recorded: RecordedEvent): RecordedEvent | undefined {
    return this.#events.read(recorded)
  }

  retry(address: LetterAddress): Promise<'applied' | 'parked'> {
    return this.#runner.withSession(async (session) => {
      if (address.timer !== undefined) return session.timers.dead.retry(address)
      const outcome = await session.workers.retry(this.#parkedAt(session, address))
      await fromStore(session.store.flush())
      return outcome
    })
  }

  discard(address: LetterAddress, order: DiscardOrder): Promise<void> {
    return this.#runner.withSession(async (session) => {
      if (address.timer !== undefined) return session.timers.dead.discard(address, order)
      await this.#discardEvent(session, this.#parkedAt(session, address), order)
      await fromStore(session.store.flush())
    })
  }

  async discarded(): Promise<DiscardedLetter[]> {
    const { name: consumer } = this
    const events = await fromStore(this.#runner.loadDiscarded())
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

  #letterOf({ stream, version, error = '', attempts, since }: WaitingEvent): DeadLetter {
    return this.#letter({ stream, version, timer: undefined, error, attempts, since })
  }

  #timerLetterOf({ key: timer, stream, version, attempts, error = '', failedAt: since = 0 }: Timer): DeadLetter {
    return this.#letter({ stream, version, timer, error, attempts, since })
  }

  #letter({ since, ...failed }: Failed): DeadLetter {
    return { consumer: this.name, kind: 'policy', ...failed, document: undefined, since: iso(since) }
  }
}

type Failed = Pick<DeadLetter, 'stream' | 'version' | 'timer' | 'error' | 'attempts'> & { readonly since: number }

function changedMeanwhile(): OperationRefused {
  return new OperationRefused('not-possible', 'The event is being tried at this moment: look again what became of it')
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
