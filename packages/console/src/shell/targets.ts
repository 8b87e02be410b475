import type { ServedApp } from '../api/shapes.ts'
import { hrefOf } from '../route/route.ts'
import { goTo } from './shortcuts.ts'

/** Where the palette leads. */
export interface Target {
  readonly name: string
  readonly kind: string
  readonly href: string
}

/** Screens, applications and projections whose names have what was typed in them. */
export function pagesNamed(typed: string, apps: readonly ServedApp[], current: string): Target[] {
  const wanted = typed.toLowerCase()
  const screens = goTo.map(({ name, screen }) => ({
    name,
    kind: screen === 'overview' ? 'all applications' : current,
    href: screen === 'overview' ? '#/' : hrefOf(current, [screen]),
  }))
  const others = apps.flatMap(({ name, title, projections }) => [
    { name: title, kind: 'application', href: hrefOf(name, ['streams']) },
    ...projections.map((one) => ({
      name: one,
      kind: `projection of ${name}`,
      href: hrefOf(name, ['projections', one]),
    })),
  ])
  return [...screens, ...others].filter(({ name }) => name.toLowerCase().includes(wanted))
}

/** What a stream's name may begin with when this was typed: the text itself, or an aggregate's name and the text as an id. */
export function prefixesOf(typed: string, { aggregates }: Pick<ServedApp, 'aggregates'>): string[] {
  const names = aggregates.map(({ name }) => `${name}-`)
  const isName = names.some((name) => name.startsWith(typed) || typed.startsWith(name))
  return isName ? [typed] : [typed, ...names.map((name) => name + typed)]
}
