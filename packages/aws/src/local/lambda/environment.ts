import { Worker } from 'node:worker_threads'
import type { EnvironmentData, FunctionError, Invocation, Report } from './protocol.ts'

/** How an invocation ended. */
export type Outcome =
  | { readonly kind: 'answered'; readonly payload: unknown }
  | { readonly kind: 'failed'; readonly error: FunctionError }

export interface EnvironmentOptions {
  readonly module: string
  readonly handler: string
  readonly variables: Readonly<Record<string, string>>
  /** Mebibytes. */
  readonly memory: number
  /** Milliseconds that its time is ahead of the machine's; asked when it starts. */
  readonly ahead: () => number
  /** What it writes. */
  readonly write: (text: string) => void
}

/** What one invocation may answer, in bytes. */
const largest = 6 * 1024 * 1024

const thread = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url)

/** Where a function runs: a thread with variables of its own, which handles one invocation after the other. */
export class LambdaEnvironment {
  readonly #worker: Worker
  readonly #counter: Int32Array
  readonly #started: Promise<Outcome | undefined>
  #settle: (outcome: Outcome) => void = () => {}
  #isAlive = true

  constructor({ module, handler, variables, memory, ahead, write }: EnvironmentOptions) {
    const sent = new SharedArrayBuffer(4)
    const workerData: EnvironmentData = { module, handler, sent, ahead: ahead() }
    this.#counter = new Int32Array(sent)
    this.#worker = new Worker(thread, {
      workerData,
      env: { ...variables },
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: memory },
    })
    this.#started = new Promise((resolve) => {
      this.#settle = resolve
      this.#worker.on('message', (report: Report) => {
        if (report.kind === 'ready') resolve(undefined)
        else if (report.kind === 'wrote') write(report.text)
        else this.#ended(report)
      })
    })
    this.#worker.on('error', (error) => this.#crash(errorOf(error)))
    this.#worker.on('exit', () => this.#crash({ errorType: 'Runtime.ExitError', errorMessage: 'The function exited.' }))
  }

  get isAlive(): boolean {
    return this.#isAlive
  }

  /** Resolves when it is ready to be invoked: to what went wrong, if it could not be started. */
  start(): Promise<Outcome | undefined> {
    return this.#started
  }

  /** What ends the environment is an outcome, too. */
  async invoke(invocation: Invocation): Promise<Outcome> {
    const outcome = new Promise<Outcome>((resolve) => {
      this.#settle = resolve
    })
    if (!this.#isAlive) return gone
    this.#worker.postMessage(invocation)
    Atomics.add(this.#counter, 0, 1)
    Atomics.notify(this.#counter, 0)
    return outcome
  }

  /** Ends it at once, whatever it is doing. */
  async kill(error: FunctionError = gone.error): Promise<void> {
    this.#crash(error)
    await this.#worker.terminate()
  }

  #ended(report: Exclude<Report, { kind: 'ready' | 'wrote' }>): void {
    if (report.kind === 'dying') return void this.kill()
    this.#settle(report.kind === 'threw' ? { kind: 'failed', error: report.error } : answered(report.result))
  }

  #crash(error: FunctionError): void {
    this.#isAlive = false
    this.#settle({ kind: 'failed', error })
  }
}

const gone = {
  kind: 'failed',
  error: { errorType: 'Runtime.ExitError', errorMessage: 'The environment was killed.' },
} as const

function answered(result: string): Outcome {
  if (Buffer.byteLength(result) <= largest) return { kind: 'answered', payload: JSON.parse(result) }
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${largest} bytes).`
  return { kind: 'failed', error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage } }
}

function errorOf(error: unknown): FunctionError {
  const { name, message, stack = '' } = error as Error
  return { errorType: `Runtime.${name}`, errorMessage: message, stackTrace: stack.split('\n') }
}
