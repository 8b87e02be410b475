import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { FromWorker, ToWorker } from './messages.ts'

const command = fileURLToPath(new URL('../../bin/weir.js', import.meta.url))

/** How long a worker may take to stop before it is ended by force. */
const patience = 3000

/** A worker as the watching process sees it. */
export class WorkerProcess {
  readonly #child: ChildProcess
  readonly ended: Promise<number | null>

  constructor(args: readonly string[], onMessage: (message: FromWorker) => void) {
    this.#child = fork(command, ['dev-worker', ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.#child.on('message', onMessage)
    this.ended = once(this.#child, 'exit').then(([code]) => code)
  }

  tell(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => {})
  }

  /** Lets it finish what it does. */
  async stop(): Promise<void> {
    this.tell({ kind: 'stop' })
    const force = setTimeout(() => this.kill(), patience)
    await this.ended
    clearTimeout(force)
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}
