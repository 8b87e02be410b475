import { type Handler, redirect } from '../exchange/answer.ts'
import { index } from '../health.ts'
import { Problem } from '../problems/problem.ts'
import type { Mount } from '../rest/mount.ts'
import { pageHandlers } from './pages.ts'

/** Folders of pages, each with an `index.html`. */
export interface PageOptions {
  readonly mounts: readonly Mount[]
  readonly pages?: string
  readonly console?: string
}

type Served = readonly [path: string, handler: Handler]

/**
 * The pages at `/`, where programs find an index, and those of the console at `/console`.
 *
 * @throws when a folder has no page
 */
export function servedPages({ mounts, pages, console }: PageOptions): Served[] {
  const own = pages === undefined ? new Map<string, Handler>() : pageHandlers(pages)
  const start = own.get('/')
  return [
    ...[...own].filter(([path]) => path !== '/'),
    ['/', start ? forPeople(start, index(mounts)) : index(mounts)],
    ...(console === undefined ? [] : consolePages(console)),
  ]
}

function consolePages(folder: string): Served[] {
  const files = [...pageHandlers(folder)].map(([path, handler]): Served => [`/console${path}`, handler])
  return [['/console', redirect('console/')], ...files]
}

/** At one address, a page for people who come with a browser, and something else for programs. */
function forPeople(page: Handler, others: Handler): Handler {
  return async (exchange) => {
    const isPerson = exchange.header('accept')?.includes('text/html') ?? false
    const answer = await (isPerson ? page : others)(exchange)
    if (!(answer instanceof Problem)) answer.headers.vary = 'Accept, Accept-Encoding'
    return answer
  }
}
