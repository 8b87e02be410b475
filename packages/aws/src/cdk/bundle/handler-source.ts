import type { FunctionRole } from '../../contract/index.ts'

/** The module that a function's bundle is made of. `operations` is the same server as `api`, with other rights. */
export function handlerSource(role: FunctionRole, lambda: string, entry: string): string {
  const factory = role === 'operations' ? 'api' : role
  return [
    `import * as lambda from ${JSON.stringify(lambda)}`,
    `import * as application from ${JSON.stringify(entry)}`,
    `export const handler = lambda.${factory}(application)`,
    '',
  ].join('\n')
}
