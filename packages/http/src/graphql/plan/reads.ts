import type { GraphQLFieldConfig } from 'graphql'
import type { RequestContext } from '../context.ts'
import { Outcomes } from './outcomes.ts'

/** Reads what a root field of queries answers; may throw, and may answer a promise. */
export type Read = (args: Readonly<Record<string, unknown>>, context: RequestContext) => unknown

/** Extension of a root field: how it is read, without all that graphql tells resolvers. */
export const reads = 'reads'

/** A root field of queries. */
export interface ReadField extends Pick<GraphQLFieldConfig<unknown, RequestContext>, 'type' | 'args' | 'extensions'> {
  readonly read: Read
}

/** The field as graphql executes it. */
export function readField({ read, extensions, ...config }: ReadField): GraphQLFieldConfig<unknown, RequestContext> {
  return {
    ...config,
    extensions: { ...extensions, [reads]: read },
    resolve: (source, args, context, { path }) =>
      source instanceof Outcomes ? source.of(path.key) : read(args, context),
  }
}
