import type { App, Provision } from '../definitions/index.ts'
import type { Position } from '../ports/index.ts'
import { named, type OperatedPolicy } from './operations-of.ts'
import { policiesLeftBehind } from './policy-models.ts'
import { PolicyOperations } from './policy-operations.ts'
import { PolicyRunner, type PolicyRunnerServices } from './policy-runner.ts'
import type { Prerequisite } from './readiness.ts'
import { provideServices } from './services.ts'

const LEFT_BEHIND =
  'a policy that the application has not any more has left timers or streams: they wait until a policy of that name is there'

/** The policies of an application at work. */
export class PolicyRunners {
  readonly #services: PolicyRunnerServices
  readonly #runners: readonly PolicyRunner[]
  readonly operations: readonly OperatedPolicy[]

  /** @throws DefinitionError when services are missing */
  constructor(app: App, provisions: readonly Provision[], services: PolicyRunnerServices) {
    this.#services = services
    const implementationsFor = provideServices(app, provisions, services.logger)
    this.#runners = app.policies.map((policy) => new PolicyRunner(policy, implementationsFor(policy), services))
    this.operations = this.#runners.map((runner) => new PolicyOperations(runner))
  }

  /** @throws OperationRefused when there is no policy of that name */
  find(name: string): PolicyRunner {
    return named(this.#runners, ({ policy }) => policy.name, name, 'policy')
  }

  get all(): readonly PolicyRunner[] {
    return this.#runners
  }

  /** What the application is not ready without. */
  get prerequisites(): readonly Prerequisite[] {
    return this.#runners
  }

  async start(): Promise<void> {
    const { app, engine, logger } = this.#services
    for (const policy of await policiesLeftBehind(app, engine.readModels)) logger.warn({ policy }, LEFT_BEHIND)
    for (const runner of this.#runners) await runner.start()
  }

  /** Lets them look at the feed now. */
  wake(): void {
    for (const runner of this.#runners) runner.wake()
  }

  /** Takes up what falls to this process now, and leaves what does not. */
  divided(): void {
    for (const runner of this.#runners) runner.divided()
  }

  /** Finishes what is in hand, and reacts to nothing more. */
  async stop(): Promise<void> {
    await Promise.all(this.#runners.map((runner) => runner.stop()))
  }

  /** How many commands they have executed: who waits for what follows from reactions sees by it that something did. */
  get executed(): number {
    return this.#runners.reduce((sum, { executed }) => sum + executed, 0)
  }

  /** Resolves when each has reacted to all that was recorded up to a position, as far as it is not parked. */
  async settle(position: Position): Promise<void> {
    await Promise.all(this.#runners.map((runner) => runner.settle(position)))
  }
}
