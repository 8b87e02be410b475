import type { CommandEntry, RouteEntry } from 'weir'
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
  switch (route.kind) {
    case 'list':
      return [`list${pascalCase(route.projection.name)}`]
    case 'get':
      return [`get${pascalCase(singular(route.projection.name))}`]
    case 'constant':
      return [`get${pascalCase(route.path)}`]
    case 'rebuild':
      return [`rebuild${pascalCase(route.projection.name)}`]
    case 'progress':
      return [`get${pascalCase(route.projection.name)}Progress`]
    case 'command':
      return commandNames(route)
    case 'choice':
      return choiceNames([...route.choices.values()])
  }
}

function commandNames({ command: { commandName, aggregate } }: CommandEntry): string[] {
  const full = commandName + pascalCase(aggregate.name)
  return /[A-Z]/.test(commandName) ? [commandName, full] : [full]
}

/** All that can be chosen: `completeOrRejectFulfilment`. */
function choiceNames(choices: readonly CommandEntry[]): string[] {
  const [first = '', ...others] = new Set(choices.map(({ command }) => command.commandName))
  const verbs = [first, ...others.map((name) => `Or${pascalCase(name)}`)].join('')
  return [verbs + [...new Set(choices.map(({ command }) => pascalCase(command.aggregate.name)))].join('Or')]
}
