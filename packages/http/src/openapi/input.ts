import { type AnyCommand, type CommandEntry, jsonSchemaOf } from 'weir'
import * as z from 'zod'
import type { Json } from './json.ts'

/** What the body of a command's route holds: the command's input, and the aggregate's id if it comes from there. */
export function inputSchema({ command, idFrom }: CommandEntry): Json {
  const input: Json = jsonSchemaOf(inputOf(command), 'input')
  return idFrom.source === 'body' ? withField(input, idFrom.name, { type: 'string' }) : input
}

/** What a command takes. Of a raw aggregate's append also what is known of its types, before any other one. */
function inputOf({ aggregate, input }: AnyCommand): z.ZodType {
  const types = Object.entries(aggregate.raw ? aggregate.events : {})
  if (types.length === 0) return input
  const known = types.map(([type, data]) => z.object({ type: z.literal(type), data }).meta({ title: type }))
  return z.union([...known, input.meta({ title: 'any other type' })])
}

/** The same with a further field, in front of the others. */
export function withField(input: Json, field: string, schema: Json): Json {
  if ('anyOf' in input) {
    return { ...input, anyOf: (input.anyOf as Json[]).map((variant) => withField(variant, field, schema)) }
  }
  const { properties = {}, required = [] } = input as { properties?: Json; required?: readonly string[] }
  return { ...input, properties: { [field]: schema, ...properties }, required: [field, ...required] }
}
