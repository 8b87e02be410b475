import { type GraphQLFieldConfig, GraphQLID, GraphQLNonNull } from 'graphql'
import type { ConstantEntry, GetEntry, ListEntry, ProgressEntry } from 'weir'
import type { Clock } from 'weir/ports'
import type { Runtime } from 'weir/runtime'
import type { Admit } from '../../guard/admit.ts'
import { progressAnswer, progressOf } from '../../rest/rebuild.ts'
import { type RequestContext, throwIfProblem } from '../context.ts'
import { readField } from '../plan/reads.ts'
import { nullable, type SchemaTypes } from '../schema-types.ts'
import { fieldName, typeName } from '../types/names.ts'
import { lengthOfPage } from '../weight.ts'
import { listArguments } from './list-arguments.ts'
import { Page } from './page.ts'

/** A field of a root type. */
export type RootField = GraphQLFieldConfig<unknown, RequestContext>

/** What the fields of a schema are made with. */
export interface FieldServices {
  readonly runtime: Runtime
  readonly types: SchemaTypes
  readonly clock: Clock
}

/** A query for one document; null if there is none. */
export function documentQuery(
  { projection, parameter }: GetEntry,
  admit: Admit | undefined,
  { runtime, types }: FieldServices,
): RootField {
  const argument = fieldName(parameter)
  return readField({
    type: types.documentOf(projection),
    args: { [argument]: { type: new GraphQLNonNull(GraphQLID) } },
    read: async (args, context) => {
      context.admit(admit)
      const id = args[argument] as string
      if (id.includes('\0')) return null
      const { document, consistency } = await runtime.get(projection, id, context.freshness)
      context.declare(consistency)
      return document ?? null
    },
  })
}

/** A query for documents in pages. */
export function listQuery(
  entry: ListEntry,
  name: string,
  admit: Admit | undefined,
  { runtime, types, clock }: FieldServices,
): RootField {
  const { configs, length, read } = listArguments(entry, name, types, clock)
  return readField({
    type: types.connections.of(types.documentOf(entry.projection)),
    args: configs,
    extensions: { [lengthOfPage]: length },
    read: async (args, context) => {
      context.admit(admit)
      const options = throwIfProblem(read(args))
      const answer = await runtime.list(entry.projection, { ...options, ...context.freshness })
      context.declare(answer.consistency)
      return new Page(answer, options)
    },
  })
}

/** A query for what is always the same. */
export function constantQuery(
  { schema, value }: ConstantEntry,
  name: string,
  admit: Admit | undefined,
  { types }: FieldServices,
): RootField {
  return readField({
    type: nullable(types.outputs.typeOf(schema, typeName(name))),
    read: (_, context) => {
      context.admit(admit)
      return value
    },
  })
}

/** A query for how far a rebuild has come. */
export function progressQuery(
  entry: ProgressEntry,
  admit: Admit | undefined,
  { runtime, types }: FieldServices,
): RootField {
  return readField({
    type: nullable(types.outputs.typeOf(progressAnswer, 'RebuildProgress')),
    read: (_, context) => {
      context.admit(admit)
      return progressOf(runtime, entry)
    },
  })
}
