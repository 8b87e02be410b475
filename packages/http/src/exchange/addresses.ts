/** What is served where: for 405, `Allow` and CORS preflights. */
export class Addresses {
  readonly #methods = new Map<string, Set<string>>()
  readonly #patterns: { readonly pattern: RegExp; readonly methods: ReadonlySet<string> }[] = []

  /**
   * Notes a route.
   *
   * @throws when another one has the same method and path
   */
  add(method: string, path: string): void {
    const shape = path.replace(/:[A-Za-z0-9]+/g, ':')
    const methods = this.#methods.get(shape) ?? this.#newShape(shape)
    if (methods.has(method))
      throw new Error(`'${method} ${path}' would be served twice: give one of the two another base`)
    methods.add(method)
    if (method === 'GET') methods.add('HEAD')
  }

  /** The methods that a path takes; none when there is nothing. */
  methodsAt(path: string): readonly string[] {
    const found = this.#patterns.flatMap(({ pattern, methods }) => (pattern.test(path) ? [...methods] : []))
    return found.length === 0 ? [] : [...new Set(found), 'OPTIONS']
  }

  #newShape(shape: string): Set<string> {
    const methods = new Set<string>()
    const source = shape.replace(/[.~]/g, '\\$&').replace(/:/g, '[^/]+')
    this.#methods.set(shape, methods)
    this.#patterns.push({ pattern: new RegExp(`^${source}$`), methods })
    return methods
  }
}
