import type { CommandEntry, CommandMessage } from 'weir'
import { isAggregateId } from 'weir/runtime'
import type { Exchange } from '../exchange/exchange.ts'
import { type Problem, problem } from '../problems/problem.ts'

/** Makes the command out of path and body. */
export type Address = (exchange: Exchange, body: unknown) => CommandMessage | Problem

/** Prepares where a route's commands go: to the id in the path, to the one in the body, or to a new aggregate. */
export function addressing({ command, idFrom }: CommandEntry): Address {
  if (idFrom.source === 'new') return (_, body) => command.create(body)
  if (idFrom.source === 'body') return (_, body) => fromBody(idFrom.name, body, command)
  return (exchange, body) => {
    const id = exchange.parameter(idFrom.name)
    return isAggregateId(id) ? command(id, body) : problem('not-found')
  }
}

function fromBody(field: string, body: unknown, command: CommandEntry['command']): CommandMessage | Problem {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return badId('', 'has to be an object')
  const { [field]: id, ...input } = body as Record<string, unknown>
  if (id === undefined) return badId(field, 'is missing')
  if (typeof id !== 'string') return badId(field, 'has to be text')
  return isAggregateId(id) ? command(id, input) : badId(field, 'is not an id')
}

function badId(field: string, message: string): Problem {
  return problem('invalid-input', { errors: [{ field, message }] })
}
