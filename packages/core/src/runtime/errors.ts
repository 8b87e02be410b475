import { OperationRefused } from './operations.ts'

/** It cannot be said now whether or what: the storage failed, the runtime is stopping, or contention is too high. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError'
  /** Seconds after which trying again makes sense. */
  readonly retryAfter: number

  constructor(message: string, options: { retryAfter?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.retryAfter = options.retryAfter ?? 1
  }
}

/** What a caller is told when the store failed. What is known by a name of its own stays what it is. */
export function unavailable(cause: unknown): Error {
  const known = [UnavailableError, UndecodableEventError, OperationRefused]
  if (known.some((kind) => cause instanceof kind)) return cause as Error
  return new UnavailableError('The store cannot be used at the moment', { cause })
}

/** Whatever the store fails with, a caller is told that it cannot be known now. */
export function fromStore<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((error: unknown) => {
    throw unavailable(error)
  })
}

/** What a caller is told who comes too late. */
export function stopping(): UnavailableError {
  return new UnavailableError('The application is stopping', { retryAfter: 2 })
}

/** Another process has taken over what this one kept, or has dropped it. */
export class FencedError extends Error {
  override readonly name = 'FencedError'
}

/** Whether it was thrown since another process has taken over, also as callers are told of it. */
export function isFenced(thrown: unknown): boolean {
  return thrown instanceof FencedError || (thrown instanceof UnavailableError && thrown.cause instanceof FencedError)
}

/** A token, cursor or field that a caller gave is not one that this application knows, or a command cannot be recorded. */
export class BadRequestError extends Error {
  override readonly name = 'BadRequestError'
  /** Stable, kebab-case. */
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** A command that needs more than the store takes in one append: nothing of it is recorded. */
export function commandTooLarge(why: string): BadRequestError {
  return new BadRequestError('command-too-large', `${why}. Send less with one command`)
}

/** A recorded event that the definitions cannot read. */
export class UndecodableEventError extends Error {
  override readonly name = 'UndecodableEventError'
}

const LONGEST_MESSAGE = 2000

/**
 * What was thrown, in words: well-formed text, not empty, at most 2,000 characters long. Never throws, whatever it was:
 * handlers may throw anything, and what is said of it is stored.
 */
export function messageOf(thrown: unknown): string {
  const text = wordsOf(thrown)
  const cut = text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE - 1)}…` : text
  return cut.trim() === '' ? 'something was thrown that says nothing about itself' : cut.toWellFormed()
}

function wordsOf(thrown: unknown): string {
  try {
    if (typeof thrown !== 'object' || thrown === null) return String(thrown)
    const { message, name } = thrown as Partial<Record<'message' | 'name', unknown>>
    const said = message || name || thrown
    return typeof said === 'string' ? said : (JSON.stringify(said) ?? '')
  } catch {
    return ''
  }
}
