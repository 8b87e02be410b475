import { randomUUID } from 'node:crypto'
import { type EnvironmentOptions, LambdaEnvironment, type Outcome } from './environment.ts'
import type { Death } from './protocol.ts'

export interface FunctionOptions extends EnvironmentOptions {
  readonly name: string
  readonly arn: string
  /** Milliseconds that one invocation may take. */
  readonly timeout: number
  /** What the template reserves: more at the same time are refused. */
  readonly reserved: number | undefined
  /** How many environments this machine is to bear; more invocations wait. */
  readonly environments: number
  /** Milliseconds after which an environment that nobody calls is stopped. */
  readonly idle: number
  /** Told of each invocation that has ended. */
  readonly ended: (invocation: Ended) => void
}

export interface Ended {
  readonly requestId: string
  readonly milliseconds: number
  readonly isCold: boolean
  readonly outcome: Outcome
}

/** How an invocation went, or that it was refused because too many run. */
export type Invoked = Outcome | { readonly kind: 'throttled' }

/** Handles an invocation in place of the function; `next` lets the function do it, with this event or another. */
export type Interceptor = (event: unknown, next: (event: unknown) => Promise<Invoked>) => Promise<Invoked>

/**
 * A function and its environments.
 *
 * 1. An environment handles one invocation at a time; one that is warm goes before a new one.
 * 2. No environment outlives the time of its invocation, or a fault: the next invocation gets another.
 */
export class LambdaFunction {
  readonly #options: FunctionOptions
  readonly #interceptors = new Set<Interceptor>()
  readonly #environments = new Set<LambdaEnvironment>()
  readonly #idle = new Map<LambdaEnvironment, NodeJS.Timeout>()
  readonly #waiting: (() => void)[] = []
  readonly #deaths: Death[] = []
  #isAlwaysCold = false
  #invocations = 0
  #underWay = 0
  #isStopped = false

  constructor(options: FunctionOptions) {
    this.#options = options
  }

  get name(): string {
    return this.#options.name
  }

  get arn(): string {
    return this.#options.arn
  }

  /** How many environments there are now. */
  get environments(): number {
    return this.#environments.size
  }

  /** How many invocations there were, those that are under way included. */
  get invocations(): number {
    return this.#invocations
  }

  /** How many invocations are under way, or wait. */
  get underWay(): number {
    return this.#underWay
  }

  async invoke(event: unknown): Promise<Invoked> {
    this.#invocations++
    this.#underWay++
    try {
      return await this.#throughInterceptors(event)
    } finally {
      this.#underWay--
    }
  }

  #throughInterceptors(event: unknown): Promise<Invoked> {
    const through = [...this.#interceptors].reduce<(event: unknown) => Promise<Invoked>>(
      (next, interceptor) => (given) => interceptor(given, next),
      (given) => this.#run(given),
    )
    return through(event)
  }

  /** @returns takes the interceptor out again */
  intercept(interceptor: Interceptor): () => void {
    this.#interceptors.add(interceptor)
    return () => void this.#interceptors.delete(interceptor)
  }

  /** Lets the environment of one of the next invocations die at a call that it makes; several deaths come one by one. */
  dieOnce(death: Death): void {
    this.#deaths.push(death)
  }

  /** From now on each invocation gets a new environment, or none does any more. */
  alwaysCold(isAlwaysCold: boolean): void {
    this.#isAlwaysCold = isAlwaysCold
  }

  /** Ends all of its environments at once, with what they are doing. @returns how many */
  async kill(): Promise<number> {
    const environments = [...this.#environments]
    await Promise.all(environments.map((environment) => this.#remove(environment)))
    return environments.length
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.kill()
    for (const go of this.#waiting.splice(0)) go()
  }

  async #run(event: unknown): Promise<Invoked> {
    const { reserved = Number.POSITIVE_INFINITY, environments } = this.#options
    while (this.#busy >= Math.min(reserved, environments)) {
      if (this.#busy >= reserved) return { kind: 'throttled' }
      await new Promise<void>((go) => this.#waiting.push(go))
    }
    if (this.#isStopped) return { kind: 'throttled' }
    const [environment, isCold] = this.#take()
    try {
      return await this.#runIn(environment, event, isCold)
    } finally {
      await this.#giveBack(environment)
      this.#waiting.shift()?.()
    }
  }

  async #runIn(environment: LambdaEnvironment, event: unknown, isCold: boolean): Promise<Outcome> {
    const { name, arn, memory, timeout, ended } = this.#options
    const requestId = randomUUID()
    const failed = await environment.start()
    // As on AWS, its time begins when the function is ready.
    const start = performance.now()
    const errorMessage = `${requestId} Task timed out after ${(timeout / 1000).toFixed(2)} seconds`
    const expiry = setTimeout(() => environment.kill({ errorType: 'Sandbox.Timedout', errorMessage }), timeout)
    const outcome =
      failed ??
      (await environment.invoke({
        requestId,
        event: JSON.stringify(event),
        context: { functionName: name, arn, memory },
        deadline: Date.now() + timeout,
        death: this.#deaths.shift(),
      }))
    clearTimeout(expiry)
    // What ends with the whole cloud is no failure of the function.
    if (!this.#isStopped) ended({ requestId, milliseconds: performance.now() - start, isCold, outcome })
    return outcome
  }

  get #busy(): number {
    return this.#environments.size - this.#idle.size
  }

  #take(): [environment: LambdaEnvironment, isCold: boolean] {
    const [warm, timer] = [...this.#idle].at(-1) ?? []
    if (warm) {
      clearTimeout(timer)
      this.#idle.delete(warm)
      return [warm, false]
    }
    const environment = new LambdaEnvironment(this.#options)
    this.#environments.add(environment)
    return [environment, true]
  }

  async #giveBack(environment: LambdaEnvironment): Promise<void> {
    if (!environment.isAlive || this.#isAlwaysCold || this.#isStopped) return this.#remove(environment)
    const timer = setTimeout(() => void this.#remove(environment), this.#options.idle)
    this.#idle.set(environment, timer.unref())
  }

  async #remove(environment: LambdaEnvironment): Promise<void> {
    clearTimeout(this.#idle.get(environment))
    this.#idle.delete(environment)
    this.#environments.delete(environment)
    await environment.kill()
  }
}
