import * as z from 'zod'
import { choiceEntry } from './choice-route.ts'
import { commandEntry, type Tell } from './command-route.ts'
import type { Report } from './faults.ts'
import type { Guard } from './guard.ts'
import type { Operation } from './projection.ts'
import { queryEntry } from './query-route.ts'
import type { Constant, RouteOptions, Routes, RouteTarget } from './route.ts'
import type { ConstantEntry, Entry, Method, ProgressEntry, RebuildEntry, RouteEntry } from './route-entry.ts'
import { whyNotJson } from './schema.ts'

const KEY =
  /^(GET|POST|PUT|PATCH|DELETE) (\/(?:[A-Za-z0-9._~-]+|:[A-Za-z][A-Za-z0-9]*)(?:\/(?:[A-Za-z0-9._~-]+|:[A-Za-z][A-Za-z0-9]*))*)$/
const RESERVED = ['/openapi.json', '/docs', '/graphql']

/** Resolves a route table, reporting what is wrong with it. `guard` is for the routes that name none. */
export function resolveRoutes(routes: Routes, guard: Guard | undefined, report: Report): RouteEntry[] {
  const table = Object.entries(routes).flatMap(([key, target]) => {
    const tell: Tell = (what) => report(`route '${key}'`, what)
    const entry = entryOf(key, subjectOf(target).options, guard, tell)
    return entry ? [resolve(entry, target, routes, tell)] : []
  })
  reportClashes(table, report)
  return table
}

function entryOf(key: string, options: RouteOptions, guard: Guard | undefined, tell: Tell): Entry | undefined {
  const match = KEY.exec(key)
  if (!match) {
    tell("a route is written as 'METHOD /path' with ':name' for parameters, such as 'GET /concerts/:id'")
    return undefined
  }
  const [, method, path] = match as unknown as [string, Method, string]
  const taken = RESERVED.find((own) => path === own || path.startsWith(`${own}/`))
  if (taken) tell(`${taken} is served by Weir itself`)
  const parameters = [...path.matchAll(/:([A-Za-z0-9]+)/g)].map(([, name]) => name as string)
  if (new Set(parameters).size < parameters.length) tell('a path parameter occurs twice')
  const { summary, description, guard: own = guard } = options
  return { method, path, parameters, summary, description, guard: own === 'none' ? undefined : own }
}

/** What stands behind a route, and the options that it was given. */
function subjectOf(target: RouteTarget) {
  switch (target.kind) {
    case 'command-route':
      return { subject: target.command, options: target.options }
    case 'query-route':
      return { subject: target.query, options: target.options }
    case 'plain-route':
      return { subject: target.target, options: target.options }
    case 'choice':
      return { subject: target, options: target.options }
    default:
      return { subject: target, options: {} }
  }
}

function resolve(entry: Entry, target: RouteTarget, routes: Routes, tell: Tell): RouteEntry {
  const { subject, options } = subjectOf(target)
  switch (subject.kind) {
    case 'command':
      return commandEntry(entry, subject, options as object, routes, tell)
    case 'choice':
      return choiceEntry(entry, subject, routes, tell)
    case 'get':
    case 'list':
      return queryEntry(entry, subject, options as object, tell)
    case 'rebuild':
    case 'progress':
      return operationEntry(entry, subject, routes, tell)
    case 'constant':
      return constantEntry(entry, subject, tell)
  }
}

function operationEntry(
  entry: Entry,
  { kind, projection }: Operation,
  routes: Routes,
  tell: Tell,
): RebuildEntry | ProgressEntry {
  refuseParameters(entry, tell)
  if (kind === 'progress') {
    if (entry.method !== 'GET') tell('progress changes nothing: use GET')
    return { ...entry, kind, projection }
  }
  if (entry.method !== 'POST' && entry.method !== 'PUT') tell('a rebuild begins something: use POST or PUT')
  return { ...entry, kind, projection, location: progressPath(projection, routes) }
}

function progressPath(projection: Operation['projection'], routes: Routes): string | undefined {
  const found = Object.entries(routes).find(([key, target]) => {
    const { subject } = subjectOf(target)
    return key.startsWith('GET ') && subject.kind === 'progress' && subject.projection === projection
  })
  return found?.[0].slice('GET '.length)
}

function constantEntry(entry: Entry, { schema, value }: Constant, tell: Tell): ConstantEntry {
  refuseParameters(entry, tell)
  if (entry.method !== 'GET') tell('a constant changes nothing: use GET')
  const why = whyNotJson(schema, 'output')
  if (why) tell(why)
  const parsed = schema.safeParse(value)
  if (!parsed.success) tell(`its value does not fit its schema: ${z.prettifyError(parsed.error)}`)
  return { ...entry, kind: 'constant', schema, value: parsed.data }
}

function refuseParameters({ parameters: [first] }: Entry, tell: Tell): void {
  if (first !== undefined) tell(`the path parameter ':${first}' has no use here`)
}

/** Two routes clash when some request would match both. */
function reportClashes(table: readonly RouteEntry[], report: Report): void {
  for (const [index, route] of table.entries()) {
    const other = table.slice(0, index).find((earlier) => earlier.method === route.method && overlap(earlier, route))
    if (other) report(`route '${route.method} ${route.path}'`, `clashes with '${other.method} ${other.path}'`)
  }
}

function overlap(a: RouteEntry, b: RouteEntry): boolean {
  const [left, right] = [a.path.split('/'), b.path.split('/')]
  const matches = (one: string, other: string) => one === other || one.startsWith(':') || other.startsWith(':')
  return left.length === right.length && left.every((segment, index) => matches(segment, right[index] as string))
}
