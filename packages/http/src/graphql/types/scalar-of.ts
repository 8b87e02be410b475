import type { Json } from '../../openapi/json.ts'
import type { Scalar } from './kind.ts'

const SMALLEST_INT = -(2 ** 31)
const LARGEST_INT = 2 ** 31 - 1

/** The scalar that a schema describes, if it is one; ids are known by the name of their field. */
export function scalarOf(schema: Json, field = ''): Scalar | undefined {
  const type = typeIn(schema)
  if (type === 'string') return /^id$|[a-z0-9]Ids?$/.test(field) && schema.enum === undefined ? 'ID' : 'String'
  if (type === 'boolean') return 'Boolean'
  if (type === 'number') return 'Float'
  return type === 'integer' ? integerOf(schema) : undefined
}

/**
 * GraphQL's integers have 32 bits, and a larger one would fail the whole page that it is on: only whole numbers that their
 * schema keeps within these are integers.
 */
function integerOf({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: Json): Scalar {
  const least = Math.max(Number(minimum ?? -Infinity), Number(exclusiveMinimum ?? -Infinity))
  const most = Math.min(Number(maximum ?? Infinity), Number(exclusiveMaximum ?? Infinity))
  return least >= SMALLEST_INT && most <= LARGEST_INT ? 'Int' : 'Float'
}

/** The one JSON type that a schema allows beside null. */
function typeIn({ type, enum: values, const: constant }: Json): string | undefined {
  const fromValues = constant === undefined ? values : [constant]
  const types = Array.isArray(fromValues)
    ? fromValues.map((value) => (value === null ? 'null' : typeof value))
    : [type].flat()
  const [only, ...others] = new Set(types.filter((each) => each !== 'null'))
  return others.length === 0 && typeof only === 'string' ? only : undefined
}

/** Whether a schema by itself lets null pass. */
export function allowsNull({ type, enum: values, const: constant }: Json): boolean {
  if (Array.isArray(values)) return values.includes(null)
  return constant === undefined ? type === undefined || [type].flat().includes('null') : constant === null
}
