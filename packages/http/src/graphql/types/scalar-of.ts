import type { Json } from '../../openapi/json.ts'
import type { Scalar } from './kind.ts'

const SAFE = Number.MAX_SAFE_INTEGER
const LARGEST_INT = 2 ** 31 - 1

/** The scalar that a schema describes, if it is one; ids are known by the name of their field. */
export function scalarOf(schema: Json, field = ''): Scalar | undefined {
  const type = typeIn(schema)
  if (type === 'string') return /^id$|[a-z0-9]Ids?$/.test(field) && schema.enum === undefined ? 'ID' : 'String'
  if (type === 'boolean') return 'Boolean'
  if (type === 'number') return 'Float'
  return type === 'integer' ? integerOf(schema) : undefined
}

/** GraphQL's integers have 32 bits: whoever declares larger bounds gets floating-point numbers, which hold them all. */
function integerOf({ minimum = -SAFE, maximum = SAFE }: Json): Scalar {
  const isLarge = (bound: unknown) => Math.abs(Number(bound)) > LARGEST_INT + 1 && Math.abs(Number(bound)) !== SAFE
  return isLarge(minimum) || isLarge(maximum) ? 'Float' : 'Int'
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
