import { type CommandEntry, type CommandMessage, derivedIdOf } from 'weir'
import { faultsOf, type InputFault, isAggregateId } from 'weir/runtime'
import { type Problem, problem } from '../problems/problem.ts'

/** Where path parameters are found. */
interface PathParameters {
  parameter(name: string): string
}

/** Makes the command out of path and body. */
export type Address = (path: PathParameters, body: unknown) => CommandMessage | Problem

/** Prepares where a route's commands go: to the id in path or body, to the one that a field implies, or to a new one. */
export function addressing({ command, idFrom }: CommandEntry): Address {
  if (idFrom.source === 'new') return (_, body) => command.create(body)
  if (idFrom.source === 'body') return (_, body) => fromBody(idFrom.name, body, command)
  if (idFrom.source === 'derived') return (_, body) => derived(idFrom.name, body, command)
  return (path, body) => {
    const id = path.parameter(idFrom.name)
    return isAggregateId(id) ? command(id, body) : problem('not-found')
  }
}

function fromBody(field: string, body: unknown, command: CommandEntry['command']): CommandMessage | Problem {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return invalid([{ field: '', message: 'has to be an object' }])
  }
  const { [field]: id, ...input } = body as Record<string, unknown>
  if (typeof id === 'string' && isAggregateId(id)) return command(id, input)
  return invalid([{ field, message: faultOfId(id) }, ...faultsIn(input, command)])
}

/** Derived from the field as the command will see it, so that what means the same is the same aggregate. */
function derived(field: string, body: unknown, command: CommandEntry['command']): CommandMessage | Problem {
  const parsed = command.input.safeParse(body)
  if (!parsed.success) return invalid(faultsOf(parsed.error.issues))
  const value = (parsed.data as Record<string, unknown>)[field]
  if (typeof value !== 'string') return invalid([{ field, message: faultOfId(value) }])
  return command(derivedIdOf(command.aggregate, value), body)
}

function faultOfId(id: unknown): string {
  if (id === undefined) return 'is missing'
  return typeof id === 'string' ? 'is not an id' : 'has to be text'
}

/** What the runtime would find: whoever corrects a request hears of everything at once. */
export function faultsIn(input: unknown, command: CommandEntry['command']): InputFault[] {
  const parsed = command.input.safeParse(input)
  return parsed.success ? [] : faultsOf(parsed.error.issues)
}

function invalid(errors: readonly InputFault[]): Problem {
  return problem('invalid-input', { errors })
}
