import * as fc from 'fast-check'
import { fieldsOf, jsonSchemaOf } from 'weir'

type Schema = ReturnType<typeof jsonSchemaOf>

/** Text that has broken servers before. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '\ud800',
    'a\udc00b',
    '\uffff',
    '\u202e',
    '\u{1f600}',
    '__proto__',
    'constructor',
    'toString',
    'null',
    'NaN',
    '-1',
    "'; DROP TABLE commits; --",
    '../../etc/passwd',
    '<script>alert(1)</script>',
    '%00',
    '%',
    'a\r\nx-evil: 1',
    'x'.repeat(5001),
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
)

/** Values of any type that a JSON body can hold, and some that only JSON's grammar can. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom(null, true, false, 0, -0, -1, 0.1, 1e308, -1e308, 5e-324, 2 ** 53, 2 ** 63, [], {}, [[]], [null]),
  fc.jsonValue({ maxDepth: 3 }),
)

const texts: Readonly<Record<string, fc.Arbitrary<string>>> = {
  email: fc.constantFrom('ada@example.org', 'bob+music@example.org'),
  date: fc.constantFrom('2030-05-01', '2028-02-29'),
  'date-time': fc.constantFrom('2030-05-01T20:00:00Z', '2030-05-01T20:00:00.000+02:00'),
}

/** A value that fits a JSON Schema, as far as the schemas of the examples go. */
function plausible(schema: Schema): fc.Arbitrary<unknown> {
  const alternatives = schema.anyOf as readonly Schema[] | undefined
  if (alternatives) return fc.oneof(...alternatives.map(plausible))
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.type === 'string')
    return texts[schema.format ?? ''] ?? fc.constantFrom('Ada', 'Arena', 'ü', '\ud800', '\0')
  if (schema.type === 'integer') return fc.constantFrom(0, 1, 2, 2 ** 53 - 1)
  return schema.type === 'number' ? fc.constantFrom(0, 0.5, 49.5, 1e300) : hostileValue
}

/** Bodies for a command: mostly what it takes, with something wrong here and there. */
export function bodyOf(input: Parameters<typeof jsonSchemaOf>[0], further: Record<string, fc.Arbitrary<unknown>>) {
  const { properties = {} } = jsonSchemaOf(input, 'input')
  const fields = Object.keys(fieldsOf(input) ?? {}).map((name) => {
    const fitting = plausible((properties[name] ?? {}) as Schema)
    return [name, fc.oneof({ weight: 16, arbitrary: fitting }, { weight: 1, arbitrary: hostileValue })] as const
  })
  const record = { ...Object.fromEntries(fields), ...further }
  return fc.oneof(
    { weight: 4, arbitrary: fc.record(record) },
    { weight: 1, arbitrary: fc.record(record, { requiredKeys: [] }) },
    { weight: 1, arbitrary: fc.record({ ...record, extra: hostileValue, constructor: hostileValue }) },
  )
}
