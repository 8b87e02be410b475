import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Answer, Job } from './job.ts'

const CHILD = join(import.meta.dirname, 'child.ts')
const LAST_WORDS_MS = 5000

/**
 * Does one step of one work in a process of its own.
 *
 * @param limitSeconds how long it may take; then it is asked what it waits for, and ended
 */
export async function inChild(job: Job, limitSeconds: number): Promise<Answer> {
  // What peers print on failures is no part of the report.
  const child = fork(CHILD, [JSON.stringify(job), String(limitSeconds)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const limit = setTimeout(() => end(child), limitSeconds * 1000)
  try {
    return await answerOf(child, limitSeconds)
  } finally {
    clearTimeout(limit)
    child.kill('SIGKILL')
  }
}

/** It answers how far it came, if it still can. */
function end(child: ChildProcess): void {
  child.kill('SIGTERM')
  setTimeout(() => child.kill('SIGKILL'), LAST_WORDS_MS).unref()
}

async function answerOf(child: ChildProcess, limitSeconds: number): Promise<Answer> {
  const ended = once(child, 'exit').then(([code, signal]): [Answer] => [
    signal === 'SIGKILL'
      ? { error: `no figure within ${limitSeconds} s`, isLate: true }
      : { error: `the process ended with ${code ?? signal}` },
  ])
  const [answer] = (await Promise.race([once(child, 'message'), ended])) as [Answer]
  return answer
}
