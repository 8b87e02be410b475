/** What keeps texts by name. */
type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/**
 * A storage of the browser, or memory as far as people have blocked that: then everything is kept until the page is left.
 *
 * @param storage asked for anew each time, since already that may throw
 * @example kept(() => sessionStorage).setItem('key', key)
 */
export function kept(storage: () => Store): Store {
  const memory = new Map<string, string>()
  const attempt = <T>(use: (store: Store) => T): T | undefined => {
    try {
      return use(storage())
    } catch {
      return undefined
    }
  }
  return {
    getItem: (name) => memory.get(name) ?? attempt((store) => store.getItem(name)) ?? null,
    setItem: (name, text) => {
      memory.set(name, text)
      attempt((store) => {
        store.setItem(name, text)
        memory.delete(name)
      })
    },
    removeItem: (name) => {
      memory.delete(name)
      attempt((store) => store.removeItem(name))
    },
  }
}
