import { LocalCloudError } from '../errors.ts'

type Pattern = { readonly [key: string]: Pattern | readonly Matcher[] }
type Matcher = string | number | boolean | null | Readonly<Record<string, unknown>>

/**
 * Whether an event has what a pattern asks for, as in filters of event source mappings and rules.
 *
 * @throws LocalCloudError when the pattern uses a comparison that is not known
 */
export function matches(pattern: Pattern, event: unknown): boolean {
  return Object.entries(pattern).every(([key, wanted]) => {
    const value = (event as Record<string, unknown> | undefined)?.[key]
    return Array.isArray(wanted) ? wanted.some((each) => fits(each, value)) : matches(wanted as Pattern, value)
  })
}

function fits(matcher: Matcher, value: unknown): boolean {
  const values = Array.isArray(value) ? value : [value]
  if (typeof matcher !== 'object' || matcher === null) return values.includes(matcher)
  const [[comparison = '', operand] = []] = Object.entries(matcher)
  const compare = comparisons[comparison]
  if (!compare) throw new LocalCloudError(`A filter compares with '${comparison}', which a local cloud does not know.`)
  return values.some((each) => compare(each, operand))
}

const comparisons: Readonly<Record<string, (value: unknown, operand: unknown) => boolean>> = {
  exists: (value, operand) => (value !== undefined) === operand,
  prefix: (value, operand) => typeof value === 'string' && value.startsWith(String(operand)),
  suffix: (value, operand) => typeof value === 'string' && value.endsWith(String(operand)),
  'anything-but': (value, operand) => ![operand].flat().includes(value),
}
