/** A state as JSON shows it: maps as objects, sets as lists, big integers as text. */
export function shownState(state: unknown): unknown {
  const text = JSON.stringify(state, (_, value: unknown) => {
    if (value instanceof Map) return Object.fromEntries(value)
    if (value instanceof Set) return [...value]
    return typeof value === 'bigint' ? String(value) : value
  })
  return text === undefined ? null : JSON.parse(text)
}
