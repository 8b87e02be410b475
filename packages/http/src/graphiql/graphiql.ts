import type { GraphQLSchema } from 'graphql'
import type { App } from 'weir'
import type { Handler } from '../exchange/answer.ts'
import { graphiqlPage, policy } from './page.ts'
import { exampleTabs } from './tabs.ts'

/** Shows people GraphiQL, with examples of the application's own. It is served from here alone. */
export function graphiqlHandler({ title, routes }: App, schema: () => GraphQLSchema): Handler {
  let page: string | undefined
  const guard = routes.find((route) => route.guard !== undefined)?.guard
  const headers = guard && JSON.stringify({ [guard.header]: '' }, null, 2)
  return () => {
    page ??= graphiqlPage({ title, tabs: exampleTabs(schema()), headers })
    const answered = {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy': policy,
      'referrer-policy': 'no-referrer',
      vary: 'Accept',
    }
    return { status: 200, headers: answered, body: page }
  }
}
