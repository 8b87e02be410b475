import type { RouteEntry } from 'weir'
import { freeName, pascalCase, singular } from './words.ts'

/**
 * Names every route, each name once: `scheduleConcert`, `listConcerts`, `getConcert`. A command whose own name says what
 * it is about (`buyTicket`) keeps it.
 */
export function operationIds(routes: readonly RouteEntry[]): ReadonlyMap<RouteEntry, string> {
  const ids = new Map<RouteEntry, string>()
  const taken = new Set<string>()
  for (const route of routes) {
    const names = namesOf(route)
    const id = freeName([...names, `${names.at(-1)}At${pascalCase(route.path)}`], (name) => taken.has(name))
    taken.add(id)
    ids.set(route, id)
  }
  return ids
}

function namesOf(route: RouteEntry): string[] {
  if (route.kind === 'list') return [`list${pascalCase(route.projection.name)}`]
  if (route.kind === 'get') return [`get${pascalCase(singular(route.projection.name))}`]
  const { commandName, aggregate } = route.command
  const full = commandName + pascalCase(aggregate.name)
  return /[A-Z]/.test(commandName) ? [commandName, full] : [full]
}
