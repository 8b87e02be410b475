import type { AnyCommand } from './command.ts'
import type { CommandRouteOptions, Routes } from './route.ts'
import type { CommandEntry, Entry } from './route-entry.ts'
import { fieldsOf, scalarTypeOf } from './schema.ts'

/** Collects what is wrong with one route. */
export type Tell = (what: string) => void

type Options = CommandRouteOptions<never, never, never>

/** Resolves a route that executes a command. */
export function commandEntry(
  entry: Entry,
  command: AnyCommand,
  options: Options,
  routes: Routes,
  tell: Tell,
): CommandEntry {
  if (entry.method === 'GET') tell('a command changes things: use POST, PUT, PATCH or DELETE')
  const source = options.id ?? (entry.parameters.includes('id') ? 'path.id' : 'new')
  const idFrom = resolveIdSource(source, entry, command, tell)
  const location = options.location ?? (idFrom.source === 'new' ? readablePath(entry.path, routes) : undefined)
  const unused = entry.parameters.filter((name) => source !== `path.${name}`)
  if (unused.length > 0) tell(`the path parameter ':${unused[0]}' is not used: name it as id: 'path.${unused[0]}'`)
  const makes = idFrom.source === 'new' || options.location !== undefined
  return {
    ...entry,
    kind: 'command',
    command,
    idFrom,
    status: options.status ?? (makes ? 201 : 200),
    respond: options.respond as unknown as CommandEntry['respond'],
    location,
  }
}

function resolveIdSource(source: string, entry: Entry, command: AnyCommand, tell: Tell): CommandEntry['idFrom'] {
  if (source === 'new') return { source }
  const [place, name = ''] = source.split('.', 2)
  if (place === 'path') {
    if (!entry.parameters.includes(name)) tell(`id is '${source}', but the path has no ':${name}'`)
    return { source: 'path', name }
  }
  const forms = "'path.<name>', 'body.<field>', 'derived.<field>' or 'new'"
  if ((place !== 'body' && place !== 'derived') || name === '') {
    tell(`id is '${source}': it has to be ${forms}`)
    return { source: 'new' }
  }
  const why = whyNoId(place, name, command)
  if (why) tell(`id is '${source}', but ${why}`)
  return { source: place, name }
}

/** A derived id comes from a field of the command's input; one from the body stands beside it. */
function whyNoId(place: 'body' | 'derived', name: string, { commandName, input }: AnyCommand): string | undefined {
  const fields = fieldsOf(input)
  if (!fields) return `the input of '${commandName}' is not an object`
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (place === 'body') return field && `'${name}' is a field of the command's own input`
  if (!field) return `'${name}' is not a field of the input of '${commandName}'`
  return scalarTypeOf(field) === 'string' ? undefined : `'${name}' is no text`
}

/** `<path>/:id` if the table can read it: where a thing that was just made is found. */
function readablePath(path: string, routes: Routes): string | undefined {
  return `GET ${path}/:id` in routes ? `${path}/:id` : undefined
}
