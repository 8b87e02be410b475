import type { ChoiceEntry, CommandEntry, CommandMessage } from 'weir'
import type { ExecuteOptions, Outcome, Runtime } from 'weir/runtime'
import type { Handler } from '../exchange/answer.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { readJson } from '../exchange/json-body.ts'
import { Problem, problem, rejectionProblem } from '../problems/problem.ts'
import { dispatching } from './dispatch.ts'
import { type IfMatch, parseIfMatch } from './etag.ts'
import { commandIdOf } from './idempotency-key.ts'
import type { Mount } from './mount.ts'

const ANONYMOUS = 'anonymous'

/** Executes a command and answers what became of it. */
export function commandHandler(
  { runtime, base }: Mount,
  entry: CommandEntry | ChoiceEntry,
  bodyLimit: number,
): Handler {
  const app = runtime.app.name
  const route = `${entry.method} ${entry.path}`
  const dispatch = dispatching(entry, base)
  return async (exchange) => {
    const versions = parseIfMatch(exchange.header('if-match'))
    if (versions instanceof Problem) return versions
    const commandId = commandIdOf(exchange.header('idempotency-key'), {
      app,
      route,
      principal: exchange.actor ?? ANONYMOUS,
    })
    if (commandId instanceof Problem) return commandId
    const body = await readJson(exchange, bodyLimit)
    if (body instanceof Problem) return body
    const dispatched = dispatch(exchange, body.value)
    if (dispatched instanceof Problem) return dispatched
    const { message, answerAccepted } = dispatched
    const outcome = await execute(runtime, message, optionsOf(exchange, commandId), versions)
    return outcome.outcome === 'accepted' ? answerAccepted(outcome) : refusal(outcome, app)
  }
}

function optionsOf(exchange: Exchange, commandId: string | undefined): ExecuteOptions {
  const correlationId = exchange.requestId
  const { actor, traceparent } = exchange
  return {
    correlationId,
    ...(commandId !== undefined && { commandId }),
    ...(traceparent && { traceparent }),
    ...(actor !== undefined && { actor }),
  }
}

type Message = CommandMessage
type Refused = Exclude<Outcome, { readonly outcome: 'accepted' }>

async function execute(
  runtime: Runtime,
  message: Message,
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
