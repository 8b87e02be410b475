import * as z from 'zod'

/** What kind of scalar a field holds, as far as lists have to know it. */
export type ScalarType = 'string' | 'number' | 'boolean'

type JsonSchema = z.core.JSONSchema.BaseSchema

/**
 * JSON Schema of a Zod schema.
 *
 * @param io `input`: what a caller sends; `output`: what is stored and answered
 * @throws when the schema describes something that JSON cannot hold, such as a Date or a bigint
 */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, { io, target: 'draft-2020-12' })
}

/** Why values of this schema would not survive JSON, or undefined if they do. */
export function whyNotJson(schema: z.ZodType, io: 'input' | 'output'): string | undefined {
  try {
    jsonSchemaOf(schema, io)
    return undefined
  } catch (error) {
    return `cannot be written as JSON: ${(error as Error).message}`
  }
}

/** The fields of an object schema, or undefined if it is something else. */
export function fieldsOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> | undefined {
  return schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>) : undefined
}

/** The scalar type of a field (null or absent beside it is fine), or undefined if it holds anything else. */
export function scalarTypeOf(schema: z.ZodType): ScalarType | undefined {
  if (whyNotJson(schema, 'output')) return undefined
  const types = new Set(jsonTypes(jsonSchemaOf(schema, 'output')))
  types.delete('null')
  const [only] = types
  if (types.size !== 1) return undefined
  if (only === 'integer' || only === 'number') return 'number'
  return only === 'string' || only === 'boolean' ? only : undefined
}

function jsonTypes(schema: JsonSchema): string[] {
  const alternatives = schema.anyOf ?? schema.oneOf
  if (alternatives) return alternatives.flatMap((alternative) => jsonTypes(alternative as JsonSchema))
  if (schema.enum) return schema.enum.map((value) => (value === null ? 'null' : typeof value))
  if (schema.const !== undefined) return [schema.const === null ? 'null' : typeof schema.const]
  return schema.type === undefined ? ['unknown'] : [schema.type].flat()
}
