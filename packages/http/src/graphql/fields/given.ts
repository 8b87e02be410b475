import type { GraphQLResolveInfo } from 'graphql'

type Args = Readonly<Record<string, unknown>>

/**
 * The arguments that a client has given, without those that have their default. A command gets its input as it was sent:
 * its own schema makes the defaults, and a key stands for what was sent.
 */
export function givenOf(args: Args, { fieldNodes, variableValues }: GraphQLResolveInfo): Args {
  const nodes = fieldNodes[0]?.arguments ?? []
  const given = nodes.filter(
    ({ value }) => value.kind !== 'Variable' || Object.hasOwn(variableValues, value.name.value),
  )
  return Object.fromEntries(given.map(({ name }) => [name.value, args[name.value]]))
}
