import { Agent } from 'node:http'
import { type Answer, call } from './http.ts'

/** What became of one command. */
export interface Attempt {
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  /** Its Idempotency-Key, if it has one. */
  readonly key: string | undefined
  /** Undefined: the connection broke before the answer was there. */
  answer?: Answer
}

/**
 * Sends commands from many callers at once, each its next one when it has the answer. Resolves when every caller has met a
 * broken connection, or `draw` has no more.
 */
export async function load(url: string, callers: number, draw: () => Attempt | undefined): Promise<void> {
  const agent = new Agent({ keepAlive: true })
  const caller = async () => {
    for (let attempt = draw(); attempt !== undefined; attempt = draw()) {
      if (!(await send(url, attempt, agent))) return
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  agent.destroy()
}

/** Sends a command, again if it was sent before; says whether there was an answer, which it keeps. */
export async function send(url: string, attempt: Attempt, agent?: Agent): Promise<boolean> {
  const { path, body, key } = attempt
  const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key }
  try {
    attempt.answer = await call('POST', url + path, { body, headers, ...(agent ? { agent } : {}) })
    return true
  } catch {
    return false
  }
}
