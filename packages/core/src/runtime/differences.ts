/** A field that two documents do not have in common. */
export interface FieldDifference {
  /** Such as `buyer.email`; empty: the whole. */
  readonly path: string
  /** Undefined where there is none. */
  readonly stored: unknown
  readonly folded: unknown
}

/** Where two values of JSON differ; the order of fields does not matter. */
export function differences(stored: unknown, folded: unknown, path = ''): FieldDifference[] {
  if (!isContainer(stored) || !isContainer(folded) || Array.isArray(stored) !== Array.isArray(folded)) {
    return stored === folded ? [] : [{ path, stored, folded }]
  }
  const keys = new Set([...Object.keys(stored), ...Object.keys(folded)])
  return [...keys].flatMap((key) =>
    differences(own(stored, key), own(folded, key), path === '' ? key : `${path}.${key}`),
  )
}

type Container = Readonly<Record<string, unknown>>

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null
}

function own(container: Container, key: string): unknown {
  return Object.hasOwn(container, key) ? container[key] : undefined
}
