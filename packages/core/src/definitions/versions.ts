import * as z from 'zod'

/**
 * How an event's data is read that was recorded in an older version of its schema (G12).
 *
 * 1. What is recorded stays as it is; it is changed whenever it is read, one version after the other.
 * 2. Each step gives what a caller of the next schema would: it is parsed, so that defaults apply.
 * 3. The versions of a schema are numbered from 1 in the order of declaration; none may be taken out.
 */
interface Upcaster {
  readonly next: z.ZodType
  readonly change: (old: never) => unknown
}

/** The upcasters that lead to a schema, oldest first. */
const upcasters = new WeakMap<z.ZodType, readonly Upcaster[]>()

/** The newest schema of an event's data, which knows those before it. */
export type Versions<Schema extends z.ZodType> = Schema & {
  /** The next version of the schema, and what makes its input out of data of the one before. */
  upcast<Next extends z.ZodType>(next: Next, change: (old: z.output<Schema>) => z.input<Next>): Versions<Next>
}

/**
 * Begins the history of an event's schema: versions that were recorded, oldest first. The result is used as the event's
 * schema.
 *
 * @example
 * events: {
 *   Scheduled: versions(z.object({ seats: z.int() }))
 *     .upcast(z.object({ seats: z.int(), venue: z.string() }), (old) => ({ ...old, venue: 'unknown' })),
 * }
 */
export function versions<First extends z.ZodType>(first: First): Versions<First> {
  return versioned(first, [])
}

function versioned<Schema extends z.ZodType>(schema: Schema, path: readonly Upcaster[]): Versions<Schema> {
  // A clone, since the same schema may be in use elsewhere without these versions.
  const clone = schema.clone()
  upcasters.set(clone, path)
  const upcast = (next: z.ZodType, change: Upcaster['change']) => versioned(next, [...path, { next, change }])
  return Object.assign(clone, { upcast }) as unknown as Versions<Schema>
}

/** Which version of an event's schema this is, from 1. */
export function schemaVersionOf(schema: z.ZodType): number {
  return (upcasters.get(schema)?.length ?? 0) + 1
}

/**
 * An event's data as the newest schema describes it.
 *
 * @param version in which it was recorded
 * @throws Error when an upcaster fails, or the version is not known
 */
export function upcast(schema: z.ZodType, version: number, data: unknown): unknown {
  const newest = schemaVersionOf(schema)
  if (version === newest) return data
  if (version > newest) {
    throw new Error(`it was written by a newer version of the application: its schema has version ${version}`)
  }
  if (!Number.isInteger(version) || version < 1) throw new Error(`its schema has no version ${String(version)}`)
  const steps = upcasters.get(schema)?.slice(version - 1) ?? []
  return steps.reduce((old, step, index) => applied(step, version + index + 1, old), data)
}

function applied({ next, change }: Upcaster, version: number, old: unknown): unknown {
  const parsed = next.safeParse(change(old as never))
  if (parsed.success) return parsed.data
  throw new Error(`what was made of it does not fit version ${version} of its schema: ${z.prettifyError(parsed.error)}`)
}
