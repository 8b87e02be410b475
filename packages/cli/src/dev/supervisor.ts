import type { Logger } from 'weir/ports'
import { show } from '../apps/locate.ts'
import type { FromWorker } from './messages.ts'
import { Watcher } from './watcher.ts'
import { WorkerProcess } from './worker-process.ts'

/**
 * Serves an application while it is written.
 *
 * 1. A version serves until the next one has been loaded: code that cannot be loaded takes nothing away.
 * 2. Only one version has the stores open, so the next opens them when the one before has closed them.
 * 3. The port stays the same, also when any free one was asked for.
 */
export class Supervisor {
  readonly #args: readonly string[]
  readonly #logger: Logger
  readonly #watcher: Watcher
  #serving: WorkerProcess | undefined
  #next: WorkerProcess | undefined
  #port: number | undefined
  #stopping = false
  /** Replacements happen one after the other. */
  #replaced: Promise<void> = Promise.resolve()

  /** @param args the command line of each worker */
  constructor(args: readonly string[], logger: Logger) {
    this.#args = args
    this.#logger = logger
    this.#watcher = new Watcher((files) => this.#restart(files))
    process.on('exit', () => this.#killAll())
  }

  /** Restarts also when this file changes. */
  watch(file: string): void {
    this.#watcher.add(file)
  }

  start(): void {
    this.#launch((ms) => this.#logger.debug({ ms }, 'started'))
  }

  async stop(): Promise<void> {
    this.#stopping = true
    this.#watcher.close()
    await Promise.all([this.#next?.stop(), this.#serving?.stop()])
  }

  #restart(files: readonly string[]): void {
    const names = files.map(show).join(', ')
    this.#logger.info({}, `${names} changed, restarting`)
    this.#next?.kill()
    this.#launch((ms) => this.#logger.info({}, `restarted in ${ms} ms, at port ${this.#port}`))
  }

  #launch(onListening: (ms: number) => void): void {
    const began = performance.now()
    const worker: WorkerProcess = new WorkerProcess(this.#args, (message: FromWorker) => {
      if (message.kind === 'file') this.#watcher.add(message.file)
      if (message.kind === 'loaded') this.#replaced = this.#replaced.then(() => this.#replace(worker))
      if (message.kind !== 'listening') return
      this.#port = message.port
      onListening(Math.round(performance.now() - began))
    })
    this.#next = worker
    void worker.ended.then((code) => this.#onEnded(worker, code))
  }

  /** Puts a worker that is loaded in the place of the one that serves. */
  async #replace(worker: WorkerProcess): Promise<void> {
    const before = this.#serving
    if (worker !== this.#next || this.#stopping) return
    this.#serving = worker
    this.#next = undefined
    await before?.stop()
    worker.tell({ kind: 'serve', port: this.#port, announce: this.#port === undefined })
  }

  #onEnded(worker: WorkerProcess, code: number | null): void {
    if (this.#stopping) return
    if (worker === this.#next) {
      this.#next = undefined
      this.#logger.warn(
        {},
        this.#serving ? 'the version before still serves; waiting for a change' : 'waiting for a change',
      )
    } else if (worker === this.#serving) {
      this.#serving = undefined
      this.#logger.warn({}, `the application ended with exit code ${code}; waiting for a change`)
    }
  }

  #killAll(): void {
    this.#next?.kill()
    this.#serving?.kill()
  }
}
