import type { Clock, Engine, Identity } from 'weir/ports'
import { type Runtime, startRuntime } from 'weir/runtime'
import { bankWithReceipts } from '../guarantees/bank.ts'
import { type FaultyEngine, faultyEngine, type Weather } from './faulty-engine.fixture.ts'

export interface ProcessServices {
  readonly store: Engine
  readonly clock: Clock
  readonly identity: Identity
  readonly weather: () => Weather
  /** Something went wrong that may not. */
  readonly report: (error: unknown) => void
}

/** A machine that runs the bank; when its process is killed, it starts another on the same store. */
export class Machine {
  readonly #services: ProcessServices
  #runtime: Runtime | undefined
  #engine: FaultyEngine | undefined

  constructor(services: ProcessServices) {
    this.#services = services
    this.#start()
  }

  /** Undefined while no process is up. */
  get runtime(): Runtime | undefined {
    return this.#runtime
  }

  /** Ends the process at whatever it is doing. */
  kill(): void {
    if (!this.#runtime) return
    this.#engine?.kill()
    this.#restart()
  }

  /** Ends the process as an operator does; it must come to an end in time. */
  stop(): void {
    const runtime = this.#runtime
    if (!runtime) return
    this.#runtime = undefined
    const { clock, report } = this.#services
    const cancel = clock.after(60_000, () => report(new Error('a process did not stop within a minute')))
    runtime.stop().then(() => {
      cancel()
      this.#restart()
    }, report)
  }

  /** Begins a rebuild, as an operator does: that may be refused, or not be possible now. */
  rebuild(projection: string): void {
    const { report } = this.#services
    this.#runtime?.operations.rebuild(projection).catch((error: unknown) => {
      if (!['UnavailableError', 'OperationRefused'].includes((error as Error).name)) report(error)
    })
  }

  #restart(): void {
    this.#runtime = undefined
    const { clock, weather } = this.#services
    clock.after(Math.floor(weather().random() * 200), () => this.#start())
  }

  #start(): void {
    const { store, clock, identity, weather } = this.#services
    this.#engine = faultyEngine(store, clock, weather)
    const { engine } = this.#engine
    const cachedStates = 1 + Math.floor(weather().random() * 5)
    startRuntime(bankWithReceipts, {
      engine: async () => engine,
      clock,
      identity,
      cachedStates,
      pollInterval: 200,
    }).then(
      (runtime) => {
        this.#runtime = runtime
      },
      () => this.#restart(),
    )
  }
}
