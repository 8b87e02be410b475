import type { CommandMessage } from 'weir'
import type { AcceptedOutcome, ExecuteOptions, Outcome, Runtime } from 'weir/runtime'
import type { Exchange } from '../exchange/exchange.ts'
import { type Problem, problem, rejectionProblem } from '../problems/problem.ts'
import type { IfMatch } from './etag.ts'

/** What is told of who asks for a command. */
export function executeOptions(
  exchange: Exchange,
  actor: string | undefined,
  commandId: string | undefined,
): ExecuteOptions {
  const correlationId = exchange.requestId
  const { traceparent } = exchange
  return {
    correlationId,
    ...(commandId !== undefined && { commandId }),
    ...(traceparent && { traceparent }),
    ...(actor !== undefined && { actor }),
  }
}

type Refused = Exclude<Outcome, { readonly outcome: 'accepted' }>

/** Executes a command at the versions that its caller insists on. */
export async function execute(
  runtime: Runtime,
  message: CommandMessage,
  options: ExecuteOptions,
  versions: IfMatch,
): Promise<AcceptedOutcome | Problem> {
  const outcome = await atVersions(runtime, message, options, versions)
  return outcome.outcome === 'accepted' ? outcome : refusal(outcome, runtime.app.name)
}

async function atVersions(
  runtime: Runtime,
  message: CommandMessage,
  options: ExecuteOptions,
  versions: IfMatch,
): Promise<Outcome> {
  if (versions === undefined) return runtime.execute(message, options)
  if (versions === 'present') return runtime.execute(message, { ...options, expectedVersion: versions })
  let outcome: Outcome = { outcome: 'version-mismatch', version: versions[0] ?? 0 }
  for (let tries = 0; tries < versions.length; tries++) {
    if (outcome.outcome !== 'version-mismatch' || !versions.includes(outcome.version)) break
    outcome = await runtime.execute(message, { ...options, expectedVersion: outcome.version })
  }
  return outcome
}

function refusal(outcome: Refused, app: string): Problem {
  switch (outcome.outcome) {
    case 'rejected':
      return rejectionProblem(app, outcome.rejection)
    case 'invalid':
      return problem('invalid-input', { errors: outcome.faults })
    case 'version-mismatch':
      return problem('version-mismatch')
    case 'id-reused':
      return problem('idempotency-key-reused')
  }
}
