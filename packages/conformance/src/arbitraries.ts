import * as fc from 'fast-check'

/** What has broken stores before: quotes, SQL, wildcards, paths, look-alikes, other scripts, ids of great length. */
const hostile = [
  '',
  ' ',
  '"',
  "'",
  '`',
  '\\',
  '%',
  '_',
  '[]',
  "'; DROP TABLE commits; --",
  '"; DROP TABLE commits; --',
  '../../etc/passwd',
  'a\nb',
  'a\tb',
  'null',
  '0',
  '-1',
  '1e3',
  'é',
  'e\u0301',
  'ß',
  'SS',
  'i',
  'I',
  'ı',
  'ﬀ',
  '\u{1f600}',
  '\uffff',
  '\u{10000}',
  '\u202e',
  '__proto__',
  'constructor',
  'x'.repeat(2_000),
]

/**
 * Text by which something is named or found: well-formed and without U+0000, which PostgreSQL cannot hold. Whoever
 * takes such text from outside refuses the rest.
 */
export const name: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string({ maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 8 }).filter((text) => !text.includes('\0')),
)

/**
 * A document or event as its writer encodes it. Text in it may hold anything, also lone surrogates and U+0000:
 * `JSON.stringify` writes those as escapes, so that the encoded text is well-formed all the same.
 */
export const json: fc.Arbitrary<string> = fc
  .oneof(fc.jsonValue({ stringUnit: 'binary' }), fc.string({ unit: 'binary' }), loneSurrogates(), extremes())
  .map((value) => JSON.stringify(value))

function loneSurrogates(): fc.Arbitrary<string[]> {
  const unit = fc.integer({ min: 0xd7f0, max: 0xe010 }).map((code) => String.fromCharCode(code))
  return fc.array(unit, { maxLength: 6 })
}

function extremes(): fc.Arbitrary<unknown> {
  return fc.constantFrom<unknown>(
    { large: Number.MAX_SAFE_INTEGER, larger: 2 ** 53 + 2, small: Number.MIN_VALUE, huge: Number.MAX_VALUE, zero: -0 },
    { '': '', '"': '\\"', "'": "''", '\0': '\0' },
    Array.from({ length: 500 }).reduce<unknown>((inner) => [{ inner }], null),
    'x'.repeat(1_000_000),
    '\u{1f600}'.repeat(100_000),
  )
}
