import type { Problem } from '../problems/problem.ts'
import type { Exchange } from './exchange.ts'

/** What goes back, before the headers that every answer bears. Header names are in lower case. */
export interface Answer {
  readonly status: number
  /** Belongs to this answer alone: headers are added to it. */
  readonly headers: Record<string, string>
  readonly body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null
  /** The code of the problem that it tells of, for the log. */
  readonly code?: string
}

/** Answers one request. What it throws is a defect, and answered with 500. */
export type Handler = (exchange: Exchange) => Answer | Problem | Promise<Answer | Problem>

/** A JSON answer with further headers. */
export function jsonAnswer(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  headers['content-type'] = 'application/json'
  return { status, headers, body: JSON.stringify(value) }
}

/** Leads elsewhere for good. */
export function redirect(location: string): Handler {
  return () => ({ status: 308, headers: { location }, body: null })
}
