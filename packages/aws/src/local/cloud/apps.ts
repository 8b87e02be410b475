import { decodeApps } from '../../contract/index.ts'
import type { Resource } from '../template/instantiate.ts'

/** The applications of Weir among what a template runs: those that its function `api` serves. */
export function appsOf(resources: readonly Resource[]): { readonly name: string; readonly base: string }[] {
  const variables = resources.map(({ properties }) => properties.Environment?.Variables)
  const api = variables.find((each) => each?.WEIR_FUNCTION === 'api')
  if (!api) return []
  return Object.entries(decodeApps(api.WEIR_APPS)).map(([name, { base }]) => ({ name, base }))
}
