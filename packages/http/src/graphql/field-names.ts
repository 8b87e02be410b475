import type { AnyProjection, CommandEntry, RouteEntry } from 'weir'
import { freeName, pascalCase, singular } from '../openapi/words.ts'
import { fieldName } from './types/names.ts'

/** Gives names to the fields of one root type, each name once. */
export class FieldNames {
  readonly #taken = new Set<string>()

  /** The first of these that is free, else the last with a number. */
  take(...wanted: readonly string[]): string {
    const name = freeName(wanted, (taken) => this.#taken.has(taken))
    this.#taken.add(name)
    return name
  }
}

/** `ticketShop` for `ticket-shop` and `/ticket-shop`. */
function camelCase(text: string): string {
  const name = pascalCase(text)
  return fieldName(name.slice(0, 1).toLowerCase() + name.slice(1))
}

/** A route that is read. */
export type QueryRoute = Exclude<RouteEntry, { kind: 'command' | 'choice' | 'rebuild' }>

/** What the query of a route may be called, best first: `orders`, `order`, `coffees`, `ordersProgress`. */
export function queryNames(route: QueryRoute): string[] {
  const at = `At${pascalCase(route.path)}`
  if (route.kind === 'constant') return [camelCase(route.path), `${camelCase(route.path)}Constant`]
  const plural = camelCase(route.projection.name)
  const one = camelCase(singular(route.projection.name))
  switch (route.kind) {
    case 'get':
      return [one, `${one}ById`, one + at]
    case 'list':
      // What has no plural of its own is one document under its name.
      return plural === one ? [`${plural}List`, `${plural}List${at}`] : [plural, plural + at]
    case 'progress':
      return [`${plural}Progress`, `${plural}Progress${at}`]
  }
}

/** What the mutation of a command may be called: `createOrder`; `buyTicket` says by itself what it is about. */
export function commandNames({ command: { commandName, aggregate }, path }: CommandEntry): string[] {
  const full = fieldName(commandName + pascalCase(aggregate.name))
  const names = /[A-Z]/.test(commandName) ? [fieldName(commandName), full] : [full]
  return [...names, `${full}At${pascalCase(path)}`]
}

/** What the subscription to changes of a projection's documents may be called: `orderChanged`. */
export function changesNames({ name }: AnyProjection): string[] {
  return [`${camelCase(singular(name))}Changed`, `${camelCase(name)}Changed`]
}
