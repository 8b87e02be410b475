import { type GraphQLArgumentConfig, GraphQLID, GraphQLInt, GraphQLNonNull, GraphQLString } from 'graphql'
import type { CommandEntry, CommandMessage } from 'weir'
import { freeName } from '../../openapi/words.ts'
import type { Problem } from '../../problems/problem.ts'
import { addressing } from '../../rest/addressing.ts'
import type { SchemaTypes } from '../schema-types.ts'
import { fieldName, typeName } from '../types/names.ts'

type Args = Readonly<Record<string, unknown>>

/** What a mutation asks for. */
interface CommandRequest {
  readonly message: CommandMessage | Problem
  readonly idempotencyKey: string | undefined
  readonly expectedVersion: number | undefined
}

/** The arguments of a command, and what reads them. */
export interface CommandArguments {
  readonly configs: Record<string, GraphQLArgumentConfig>
  readonly read: (args: Args) => CommandRequest
}

const once = 'Repeated with the same key, a mutation has one effect and one answer.'
const atVersion = 'Only if it is still at this version.'

/** Prepares the arguments of a command: the fields of its input, the aggregate's id, and under which conditions. */
export function commandArguments(entry: CommandEntry, name: string, types: SchemaTypes): CommandArguments {
  const { command, idFrom } = entry
  const input = inputArguments(entry, name, types)
  const configs: CommandArguments['configs'] = {}
  const taken = (argument: string) => Object.hasOwn(input.configs, argument) || Object.hasOwn(configs, argument)
  const add = (wanted: readonly string[], config: GraphQLArgumentConfig): string => {
    const free = freeName(wanted, taken)
    configs[free] = config
    return free
  }
  const hasId = idFrom.source === 'path' || idFrom.source === 'body'
  const id = hasId ? add([fieldName(idFrom.name), `${command.aggregate.name}Id`], { type: requiredId }) : ''
  Object.assign(configs, input.configs)
  const key = add(['idempotencyKey', 'withIdempotencyKey'], { type: GraphQLString, description: once })
  const version =
    idFrom.source === 'new'
      ? ''
      : add(['expectedVersion', 'atExpectedVersion'], { type: GraphQLInt, description: atVersion })
  const address = addressing(entry)
  return {
    configs,
    read: (args) => {
      const body = input.toBody(args)
      const whole = idFrom.source === 'body' ? { ...(body as object), [idFrom.name]: args[id] } : body
      return {
        message: address({ parameter: () => String(args[id]) }, whole),
        idempotencyKey: (args[key] ?? undefined) as string | undefined,
        expectedVersion: (args[version] ?? undefined) as number | undefined,
      }
    },
  }
}

const requiredId = new GraphQLNonNull(GraphQLID)

interface InputArguments {
  readonly configs: Record<string, GraphQLArgumentConfig>
  readonly toBody: (args: Args) => unknown
}

/** The fields of the input, each an argument; an input that is no object is one argument. */
function inputArguments({ command: { input } }: CommandEntry, name: string, { inputs }: SchemaTypes): InputArguments {
  const fields = inputs.fieldsOf(input, typeName(name))
  if (fields) return { configs: fields.configs, toBody: fields.toJson }
  const { type, toJson } = inputs.wholeOf(input, `${typeName(name)}Input`)
  return { configs: { input: { type } }, toBody: (args) => toJson(args.input) }
}
