import type { AnyAggregate } from './aggregate.ts'
import { checkAggregate, checkName, checkPolicy, checkProjection } from './check.ts'
import { DefinitionError, duplicates, type Fault, type Report } from './faults.ts'
import type { Guard } from './guard.ts'
import type { AnyPolicy } from './policy.ts'
import type { AnyProjection } from './projection.ts'
import type { Routes, RoutesAs } from './route.ts'
import { commandEntriesOf, type RouteEntry } from './route-entry.ts'
import { resolveRoutes } from './route-table.ts'
import type { Service } from './service.ts'

export interface AppDefinition<R = Routes> {
  readonly routes: R
  readonly projections?: readonly AnyProjection[]
  readonly policies?: readonly AnyPolicy[]
  /** Who is served; a route may say otherwise. Everybody if not given. */
  readonly guard?: Guard
  /** Aggregates that no route, projection or policy names. */
  readonly aggregates?: readonly AnyAggregate[]
  /** Words for the API's documentation. */
  readonly title?: string
  readonly description?: string
}

/**
 * An application: everything that Weir has to know to run it, checked. `R` is its route table, from which callers in
 * TypeScript have their types (`weir/client`).
 */
export interface App<R = Routes> {
  readonly kind: 'app'
  readonly name: string
  readonly title: string
  readonly description: string | undefined
  readonly routes: readonly RouteEntry[]
  readonly aggregates: readonly AnyAggregate[]
  readonly projections: readonly AnyProjection[]
  readonly policies: readonly AnyPolicy[]
  /** All that its policies call, to be provided when it starts. */
  readonly services: readonly Service<unknown>[]
  /** Only a type. */
  readonly table?: R
}

/**
 * Builds an application out of its definitions.
 *
 * @param name kebab-case; names the application's store, so it stays the same over its life
 * @throws DefinitionError that lists every fault and where it is
 * @example
 * export const counters = app('counters', {
 *   routes: { 'POST /counters/:id': Counter.commands.increase, 'GET /counters/:id': Totals.get },
 *   projections: [Totals],
 * })
 */
export function app<R extends RoutesAs<R>>(name: string, definition: AppDefinition<R>): App<R> {
  const faults: Fault[] = []
  const report: Report = (where, what) => faults.push({ where, what })
  const { projections = [], policies = [] } = definition
  const routes = resolveRoutes(definition.routes, definition.guard, report)
  const aggregates = collectAggregates(definition, routes)
  const services = [...new Set(policies.flatMap((policy): Service<unknown>[] => Object.values(policy.services)))]
  checkName(`app '${name}'`, name, report)
  for (const aggregate of aggregates) checkAggregate(aggregate, report)
  for (const projection of projections) checkProjection(projection, report)
  for (const policy of policies) checkPolicy(policy, report)
  reportDuplicates({ aggregate: aggregates, projection: projections, policy: policies, service: services }, report)
  reportShared(projections, policies, report)
  reportUnlisted(routes, projections, report)
  if (faults.length > 0) throw new DefinitionError(name, faults)
  const { title = name, description } = definition
  return { kind: 'app', name, title, description, routes, aggregates, projections, policies, services }
}

function collectAggregates(definition: AppDefinition, routes: readonly RouteEntry[]): AnyAggregate[] {
  const found = new Set<AnyAggregate>()
  const add = (aggregate: AnyAggregate) => {
    if (found.has(aggregate)) return
    found.add(aggregate)
    for (const { reads, writes } of Object.values(aggregate.definitions)) {
      for (const reference of Object.values({ ...reads, ...writes })) add(reference.aggregate)
    }
  }
  for (const route of routes) for (const { command } of commandEntriesOf(route)) add(command.aggregate)
  for (const projection of definition.projections ?? []) for (const { aggregate } of projection.handlers) add(aggregate)
  for (const policy of definition.policies ?? []) for (const { aggregate } of policy.handlers) add(aggregate)
  for (const aggregate of definition.aggregates ?? []) add(aggregate)
  return [...found]
}

function reportDuplicates(kinds: Readonly<Record<string, readonly { name: string }[]>>, report: Report): void {
  for (const [kind, things] of Object.entries(kinds)) {
    for (const name of duplicates(things)) report(`${kind} '${name}'`, 'this name is used twice')
  }
}

/** Operators name a projection or policy by its name alone. */
function reportShared(projections: readonly AnyProjection[], policies: readonly AnyPolicy[], report: Report): void {
  const names = new Set(projections.map(({ name }) => name))
  for (const { name } of policies) {
    if (names.has(name)) report(`policy '${name}'`, 'a projection has this name: each needs one of its own')
  }
}

function reportUnlisted(routes: readonly RouteEntry[], projections: readonly AnyProjection[], report: Report): void {
  for (const route of routes) {
    if ('projection' in route && !projections.includes(route.projection)) {
      report(
        `route '${route.method} ${route.path}'`,
        `the projection '${route.projection.name}' is not in the app's projections`,
      )
    }
  }
}
