import type { ChoiceEntry, CommandEntry } from 'weir'
import type { Handler } from '../exchange/answer.ts'
import { readJson } from '../exchange/json-body.ts'
import { Problem } from '../problems/problem.ts'
import { dispatching } from './dispatch.ts'
import { parseIfMatch } from './etag.ts'
import { execute, executeOptions } from './execute.ts'
import { commandIdOf } from './idempotency-key.ts'
import type { Mount } from './mount.ts'

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
    const commandId = commandIdOf(exchange.header('idempotency-key'), { app, route, actor: exchange.actor })
    if (commandId instanceof Problem) return commandId
    const body = await readJson(exchange, bodyLimit)
    if (body instanceof Problem) return body
    const dispatched = dispatch(exchange, body.value)
    if (dispatched instanceof Problem) return dispatched
    const { message, answerAccepted } = dispatched
    const options = executeOptions(exchange, exchange.actor, commandId)
    const accepted = await execute(runtime, message, options, versions)
    return accepted instanceof Problem ? accepted : answerAccepted(accepted)
  }
}
