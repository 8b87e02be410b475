import { parseRoute, type Route } from './route.ts'

/** Where one is. */
class Router {
  current: Route = $state.raw(parseRoute(location.hash))

  constructor() {
    addEventListener('hashchange', () => this.#read())
  }

  /** Goes to an address, as a link does. */
  go(href: string): void {
    location.hash = href
  }

  /** Changes the address without a step in the history: while one moves through versions, for instance. */
  replace(href: string): void {
    history.replaceState(null, '', href)
    this.#read()
  }

  #read(): void {
    this.current = parseRoute(location.hash)
  }
}

export const router: Router = new Router()
