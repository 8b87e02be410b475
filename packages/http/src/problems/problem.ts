import type { Rejection } from 'weir'
import type { BadRequestError, InputFault, OperationRefused, UnavailableError } from 'weir/runtime'
import type { Answer } from '../exchange/answer.ts'
import { type ProblemCode, problemKinds } from './catalogue.ts'

/** What one occurrence of a problem has besides its kind. */
export interface Occurrence {
  /** What was wrong this time. */
  readonly detail?: string | undefined
  /** Which fields or parameters were wrong. */
  readonly errors?: readonly InputFault[]
  readonly headers?: Readonly<Record<string, string>>
}

/** A request that is answered with a problem (RFC 9457). A value: nothing is broken. */
export class Problem {
  readonly type: string
  readonly code: string
  readonly status: number
  readonly title: string
  readonly occurrence: Occurrence

  constructor(type: string, code: string, status: number, title: string, occurrence: Occurrence) {
    this.type = type
    this.code = code
    this.status = status
    this.title = title
    this.occurrence = occurrence
  }
}

/** A problem of the catalogue. */
export function problem(code: ProblemCode, occurrence: Occurrence = {}): Problem {
  const { status, title } = problemKinds[code]
  return new Problem(`urn:weir:problem:${code}`, code, status, title, occurrence)
}

/** A business "no" of an application. */
export function rejectionProblem(application: string, { code, status, title, detail }: Rejection): Problem {
  return new Problem(`urn:${application}:problem:${code}`, code, status, title, { detail })
}

/** A token, cursor or field that the runtime does not know. A code that the catalogue lacks is answered, too. */
export function badRequestProblem({ code, message }: BadRequestError): Problem {
  if (isKnown(code)) return problem(code, { detail: message })
  return new Problem(`urn:weir:problem:${code}`, code, 400, 'The request cannot be understood', { detail: message })
}

/** What operators asked for and cannot have, as things stand. */
export function refusedProblem({ code, message }: OperationRefused): Problem {
  return problem(code, { detail: message })
}

function isKnown(code: string): code is ProblemCode {
  return Object.hasOwn(problemKinds, code)
}

/** What cannot be known or done now. What exactly failed is for the log. */
export function unavailableProblem({ retryAfter }: UnavailableError): Problem {
  return problem('unavailable', { headers: { 'retry-after': String(Math.max(1, Math.ceil(retryAfter))) } })
}

/** The members of a problem's body; faults of ours name the request, so that its log can be found. */
export function problemBody({ type, title, status, code, occurrence }: Problem, requestId?: string): object {
  const { detail, errors } = occurrence
  return { type, title, status, code, detail, errors, requestId: status >= 500 ? requestId : undefined }
}

/** Writes a problem as an answer. */
export function problemAnswer(occurred: Problem, requestId: string): Answer {
  return {
    status: occurred.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...occurred.occurrence.headers,
    },
    body: JSON.stringify(problemBody(occurred, requestId)),
  }
}
