import type { CommandMessage } from 'weir'
import type { Clock } from 'weir/ports'
import type { AcceptedOutcome, Outcome, Runtime } from 'weir/runtime'
import { Balances } from '../guarantees/bank.ts'

export interface Request {
  readonly commandId: string
  readonly message: CommandMessage
}

export interface ClientServices {
  readonly clock: Clock
  readonly random: () => number
  /** A process that is up, if any is. */
  readonly reach: () => Runtime | undefined
  readonly report: (error: unknown) => void
}

const GIVES_UP = Symbol('no answer in time')

/** Sends its requests one after the other, each until it is answered; then reads what it wrote. */
export class Client {
  /** By command id. */
  readonly answers = new Map<string, Outcome[]>()
  readonly #services: ClientServices

  constructor(services: ClientServices) {
    this.#services = services
  }

  async work(requests: readonly Request[]): Promise<void> {
    for (const request of requests) {
      await this.#pause(100)
      const outcome = await this.#insist(request)
      this.answers.set(request.commandId, [...(this.answers.get(request.commandId) ?? []), outcome])
      if (outcome.outcome === 'accepted') await this.#readBack(request.message, outcome)
    }
  }

  async #insist({ message, commandId }: Request): Promise<Outcome> {
    for (;;) {
      const runtime = this.#services.reach()
      const answer = runtime && (await this.#inTime(runtime.execute(message, { commandId })))
      if (answer && answer !== GIVES_UP) return answer
      await this.#pause(50)
    }
  }

  /** Whoever is told `reached` sees the write. */
  async #readBack({ command }: CommandMessage, { id, version, token }: AcceptedOutcome): Promise<void> {
    const runtime = this.#services.reach()
    if (!runtime || command.aggregate.name !== 'account') return
    const wait = Math.floor(this.#services.random() * 1000)
    const read = await this.#inTime(runtime.get(Balances, id, { token, wait }))
    if (!read || read === GIVES_UP || read.consistency !== 'reached') return
    if (read.version < version) {
      this.#services.report(new Error(`read version ${read.version} of ${id} as reached, not ${version}`))
    }
  }

  /** The answer; nothing when the process says that it cannot answer now; a symbol when it does not say anything. */
  async #inTime<T>(answer: Promise<T>): Promise<T | typeof GIVES_UP | undefined> {
    const { clock, random, report } = this.#services
    const giveUp = new Promise<typeof GIVES_UP>((resolve) =>
      clock.after(200 + Math.floor(random() * 3000), () => resolve(GIVES_UP)),
    )
    const known = answer.catch((error: unknown) => {
      if ((error as Error).name !== 'UnavailableError') report(error)
      return undefined
    })
    return Promise.race([known, giveUp])
  }

  #pause(atMost: number): Promise<void> {
    const { clock, random } = this.#services
    return new Promise((resolve) => clock.after(Math.floor(random() * atMost), resolve))
  }
}
