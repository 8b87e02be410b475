/** Freezes a value with all that it holds, so that whoever changes it is found. */
export function deepFreeze<T>(value: T): T {
  freeze(value, new Set())
  return value
}

function freeze(value: unknown, seen: Set<unknown>): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value)) return
  seen.add(value)
  if (value instanceof Map || value instanceof Set) freezeEntries(value, seen)
  for (const key of Reflect.ownKeys(value)) freeze(Reflect.get(value, key), seen)
  Object.freeze(value)
}

/** What a map or set holds is no property, so it has to refuse changes by itself. */
function freezeEntries(collection: Map<unknown, unknown> | Set<unknown>, seen: Set<unknown>): void {
  for (const entry of collection) freeze(entry, seen)
  if (Object.isFrozen(collection)) return
  const refuse = () => {
    throw new TypeError('Cannot change a read only Map or Set')
  }
  for (const method of ['set', 'add', 'delete', 'clear']) {
    if (method in collection) Object.defineProperty(collection, method, { value: refuse })
  }
}
