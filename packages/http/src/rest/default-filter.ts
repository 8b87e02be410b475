import type { ListEntry } from 'weir'
import type { Clock } from 'weir/ports'
import type { InputFault } from 'weir/runtime'
import type { Parameters } from './query-string.ts'

/** The field that a parameter such as `price[lte]` filters on, if it is one. */
const fieldOf = (parameter: string): string => parameter.split('[', 1)[0] as string

/**
 * Prepares the list's default filter: it is put among the parameters when they name no filter, or name that one without
 * a value. So the link to the next page names the value, and stays with it past midnight.
 */
export function defaultFiltering(
  { filters, defaultFilter }: ListEntry,
  clock: Clock,
): (given: Parameters) => Parameters {
  if (!defaultFilter) return (given) => given
  const { field, value } = defaultFilter
  const current = () => (value === 'today' ? dateOf(clock.now()) : String(value))
  return (given) => {
    if (!given.some(([name]) => filters.includes(fieldOf(name)))) return [...given, [field, current()]]
    return given.map(([name, text]) => (name === field && text === '' ? [name, current()] : [name, text]))
  }
}

/** `YYYY-MM-DD` in UTC. */
function dateOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10)
}

/** What is wrong when several filters of which one may be named are named. */
export function togetherFaults({ exclusive }: ListEntry, given: Parameters): InputFault[] {
  const named = exclusive.filter((field) => given.some(([name]) => fieldOf(name) === field))
  if (named.length < 2) return []
  return named.map((field) => {
    const others = named.filter((other) => other !== field).join("', '")
    return { field, message: `cannot be combined with '${others}'` }
  })
}
