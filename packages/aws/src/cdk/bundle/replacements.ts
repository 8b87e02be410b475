import { fileURLToPath } from 'node:url'

/** Parts of packages that a function never uses, and what stands in their place: they would make a third of each bundle. */
export const replacements: Readonly<Record<string, string>> = {
  '@aws-sdk/client-dynamodb-streams': place('table-streams'),
  '@aws-sdk/credential-provider-node': place('credentials'),
  '@aws-sdk/middleware-endpoint-discovery': place('endpoint-discovery'),
  '@smithy/core/event-streams': place('event-streams'),
}

function place(name: string): string {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return fileURLToPath(new URL(`replacements/${name}.${ending}`, import.meta.url))
}
