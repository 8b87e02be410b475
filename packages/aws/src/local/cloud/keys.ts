import type { Resource } from '../template/instantiate.ts'
import { served } from '../template/support.ts'
import type { GivenKeys } from './options.ts'

/** What callers show, as far as the template has a use for it. */
export interface LocalKeys {
  /** For guarded routes, in `x-api-key`. */
  readonly apiKey: string | undefined
  /** For `/ops`, in `x-operator-key`: all of it, or reading only. */
  readonly operatorKey: string | undefined
  readonly readerKey: string | undefined
}

const variables = {
  apiKey: 'API_KEY_SECRET',
  operatorKey: 'OPERATOR_KEY_SECRET',
  readerKey: 'READER_KEY_SECRET',
} as const

/** The keys among the secrets: those that functions know by the names of Weir's variables. */
export function keysOf(resources: readonly Resource[], secrets: ReadonlyMap<string, string>): LocalKeys {
  const arns = secretArns(resources)
  const of = (key: keyof LocalKeys) => secrets.get(arns[key] ?? '')
  return { apiKey: of('apiKey'), operatorKey: of('operatorKey'), readerKey: of('readerKey') }
}

/** Given keys as the values of the secrets that they stand for. */
export function givenSecrets(resources: readonly Resource[], keys: GivenKeys): Map<string, string> {
  const arns = secretArns(resources)
  return new Map(
    (Object.keys(variables) as (keyof LocalKeys)[]).flatMap((key) => {
      const [arn, value] = [arns[key], keys[key]]
      return arn && value ? [[arn, value]] : []
    }),
  )
}

function secretArns(resources: readonly Resource[]): Partial<Record<keyof LocalKeys, string>> {
  const functions = resources.filter(({ type }) => type === served.function)
  const given = functions.map(({ properties }) => properties.Environment?.Variables ?? {})
  const found = Object.entries(variables).map(([key, variable]) => [
    key,
    given.find((each) => each[variable])?.[variable],
  ])
  return Object.fromEntries(found)
}
