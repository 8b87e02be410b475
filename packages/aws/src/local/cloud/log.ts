import { createWriteStream, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import type { Ended } from '../lambda/function.ts'

/** A line that a function has written, or that tells how an invocation went wrong. */
export interface LogLine {
  /** The function's name. */
  readonly source: string
  readonly text: string
  /** Whether it tells of an invocation that went wrong. */
  readonly isFailure: boolean
}

/** What functions write: all of it in a file, with how each invocation went, and line by line for who listens. */
export class Log {
  readonly #file: WriteStream
  readonly #listen: (line: LogLine) => void

  constructor(folder: string, listen: (line: LogLine) => void) {
    this.#file = createWriteStream(join(folder, 'functions.log'), { flags: 'a', mode: 0o600 })
    this.#listen = listen
  }

  wrote(source: string, text: string): void {
    for (const line of text.split('\n')) if (line !== '') this.#line({ source, text: line, isFailure: false }, true)
  }

  ended(source: string, { requestId, milliseconds, isCold, outcome }: Ended): void {
    const isFailure = outcome.kind === 'failed'
    const time = `after ${milliseconds.toFixed(1)} ms${isCold ? ', with a cold start' : ''}`
    const text = isFailure
      ? `${requestId} failed ${time}: ${outcome.error.errorType}: ${outcome.error.errorMessage}`
      : `${requestId} ended ${time}`
    this.#line({ source, text, isFailure }, isFailure)
  }

  close(): Promise<void> {
    return new Promise((resolve) => void this.#file.end(resolve))
  }

  #line(line: LogLine, isTold: boolean): void {
    this.#file.write(`${new Date().toISOString()} ${line.source}: ${line.text}\n`)
    if (isTold) this.#listen(line)
  }
}
