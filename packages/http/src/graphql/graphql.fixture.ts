import { type Office, openBoxOffice } from '../../test/box-office.ts'

// biome-ignore lint/suspicious/noExplicitAny: the tests look deep into answers
type Result = { data?: any; errors?: any[]; extensions?: any }

/** A box office, and what asks it in GraphQL. */
export interface GraphqlOffice extends Office {
  ask(query: string, variables?: object, headers?: Record<string, string>): Promise<Result>
}

export async function openGraphqlOffice(): Promise<GraphqlOffice> {
  const office = await openBoxOffice('/office')
  return {
    ...office,
    ask: async (query, variables = {}, headers = {}) =>
      (await (await office.send('POST', '/graphql', { query, variables }, headers)).json()) as Result,
  }
}

/** The codes of an answer's errors. */
export function codesOf({ errors = [] }: Result): string[] {
  return errors.map(({ extensions }) => extensions.code)
}
