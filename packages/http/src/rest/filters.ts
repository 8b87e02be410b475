import { type AnyProjection, fieldsOf, type ScalarType, scalarTypeOf } from 'weir'
import type { Filter, Scalar } from 'weir/ports'

/** Reads the value of one query parameter, or says what is wrong with it. */
export type ReadFilter = (value: string) => Filter | { readonly message: string }

/** Comparisons beside equality, as in `price[lte]=50`. */
export const comparisons = ['gte', 'gt', 'lte', 'lt'] as const

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** The query parameters that filter a list by these fields, with what reads them. */
export function filterReaders(projection: AnyProjection, filters: readonly string[]): Map<string, ReadFilter> {
  const readers = new Map<string, ReadFilter>()
  const fields = fieldsOf(projection.schema) ?? {}
  for (const field of filters) {
    const schema = fields[field]
    if (!schema) continue
    const type = scalarTypeOf(schema) ?? 'string'
    readers.set(field, equalityReader(field, type, schema))
    for (const operator of comparisons) {
      readers.set(`${field}[${operator}]`, (text) => {
        const value = coerce(type, text)
        return value === undefined ? { message: mustBe(type) } : { field, operator, value }
      })
    }
  }
  return readers
}

type Schema = NonNullable<ReturnType<typeof fieldsOf>>[string]

/** Equality with a value that the field can never hold is a mistake of the caller: it is checked by the field's schema. */
function equalityReader(field: string, type: ScalarType, schema: Schema): ReadFilter {
  return (text) => {
    const value = coerce(type, text)
    if (value === undefined) return { message: mustBe(type) }
    const parsed = schema.safeParse(value)
    if (!parsed.success) return { message: parsed.error.issues[0]?.message ?? 'Invalid value' }
    return { field, operator: 'eq', value: typeof parsed.data === type ? (parsed.data as Scalar) : value }
  }
}

function coerce(type: ScalarType, text: string): string | number | boolean | undefined {
  if (type === 'string') return text.includes('\0') ? undefined : text
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined
  return NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined
}

function mustBe(type: ScalarType): string {
  return { string: 'has to be text', number: 'has to be a number', boolean: "has to be 'true' or 'false'" }[type]
}
