/**
 * What a function is there for: the value of `WEIR_FUNCTION`, and the name of the factory in `@weir/aws/lambda` that makes its
 * handler (`operations` is made by `api`, too: it is the same server with the rights to change read models).
 *
 * | role | there is | invoked by | in the VPC |
 * |---|---|---|---|
 * | `api` | one | the HTTP API: all that is not for `operations` | yes |
 * | `operations` | one | the HTTP API: `/ops`, routes that rebuild, GraphQL of applications with such routes | yes |
 * | `publisher` | one an application | the stream of its events table | no |
 * | `projection` | one a projection | its queue | yes |
 * | `policy` | one a policy | its queue and its timer queue | yes |
 * | `sweep` | one | a schedule, each minute | yes |
 * | `reconcile` | one | a schedule, each day | no |
 * | `rebuild` | one | the tasks of the state machine | yes |
 * | `migrate` | one | a custom resource, when something that it depends on was deployed | yes |
 *
 * What is not in the VPC has no database: it is never given `DATABASE_…`.
 */
export const functionRoles = [
  'api',
  'operations',
  'publisher',
  'projection',
  'policy',
  'sweep',
  'reconcile',
  'rebuild',
  'migrate',
] as const

export type FunctionRole = (typeof functionRoles)[number]
