import type { CommandEntry, RebuildEntry } from 'weir'
import * as z from 'zod'
import type { Admit } from '../../guard/admit.ts'
import { acceptedValue } from '../../rest/accepted.ts'
import { execute, executeOptions } from '../../rest/execute.ts'
import { commandIdOf } from '../../rest/idempotency-key.ts'
import { rebuildAnswer } from '../../rest/rebuild.ts'
import { throwIfProblem } from '../context.ts'
import { nullable } from '../schema-types.ts'
import { typeName } from '../types/names.ts'
import { commandArguments } from './command-arguments.ts'
import { givenOf } from './given.ts'
import type { FieldServices, RootField } from './queries.ts'

/** What an accepted command answers if its route says nothing else. */
const written = z
  .object({ id: z.string(), version: z.int32() })
  .meta({ description: 'What was written, and its version now.' })

/** A mutation that executes a command. A key that was used with the command's route names the same command here. */
export function commandMutation(
  entry: CommandEntry,
  name: string,
  admit: Admit | undefined,
  { runtime, types }: FieldServices,
): RootField {
  const app = runtime.app.name
  const route = `${entry.method} ${entry.path}`
  const { configs, read } = commandArguments(entry, name, types)
  const answer = entry.respond
    ? types.outputs.typeOf(entry.respond.schema, `${typeName(name)}Payload`)
    : types.outputs.typeOf(written, 'Written')
  return {
    type: nullable(answer),
    args: configs,
    resolve: async (_, args, context, info) => {
      const actor = context.admit(admit)
      const { message, idempotencyKey, expectedVersion } = read(givenOf(args, info))
      const key = idempotencyKey ?? context.exchange.header('idempotency-key')
      const commandId = throwIfProblem(commandIdOf(key, { app, route, actor }))
      const options = executeOptions(context.exchange, actor, commandId)
      const versions = expectedVersion === undefined ? undefined : [expectedVersion]
      const accepted = throwIfProblem(await execute(runtime, throwIfProblem(message), options, versions))
      context.tokens.push(accepted.token)
      return acceptedValue(entry, accepted)
    },
  }
}

/** A mutation that has a projection folded anew (G9). */
export function rebuildMutation(
  { projection: { name } }: RebuildEntry,
  admit: Admit | undefined,
  { runtime, types }: FieldServices,
): RootField {
  return {
    type: nullable(types.outputs.typeOf(rebuildAnswer, 'Rebuild')),
    resolve: async (_, _args, context) => {
      context.admit(admit)
      const { projection, generation } = await runtime.operations.rebuild(name)
      return { projection, generation }
    },
  }
}
