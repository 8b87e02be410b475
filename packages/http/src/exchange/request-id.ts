import { randomUUID } from 'node:crypto'

const SANE = /^[\w.:@+/=-]{1,128}$/

/** The caller's own name for the request if it is a sane one, else a new one. */
export function requestIdOf(header: string | undefined): string {
  return header !== undefined && SANE.test(header) ? header : randomUUID()
}
