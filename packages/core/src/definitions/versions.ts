import type * as z from 'zod'
import { faultLine } from './fault-line.ts'

/**
 * How an event's data is read that was recorded in an older version of its schema (G12).
 *
 * 1. What is recorded stays as it is; it is changed whenever it is read, one version after the other.
 * 2. Each step gives what a caller of the next schema would: it is parsed, so that defaults apply.
 * 3. The versions of a schema are numbered from 1 in the order of declaration; none may be taken out.
 */
interface History {
  /** All versions, oldest first. */
  readonly schemas: readonly z.ZodType[]
  /** What leads from each version to the next. */
  readonly changes: readonly Change[]
}

type Change = (old: never) => unknown

const histories = new WeakMap<z.ZodType, History>()

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
  return versioned(first, { schemas: [first], changes: [] })
}

function versioned<Schema extends z.ZodType>(newest: Schema, history: History): Versions<Schema> {
  // A clone, since the same schema may be in use elsewhere without these versions.
  const schema = newest.clone()
  histories.set(schema, history)
  const upcast = (next: z.ZodType, change: Change) =>
    versioned(next, { schemas: [...history.schemas, next], changes: [...history.changes, change] })
  return Object.assign(schema, { upcast }) as unknown as Versions<Schema>
}

/** Which version of an event's schema this is, from 1. */
export function schemaVersionOf(schema: z.ZodType): number {
  return histories.get(schema)?.schemas.length ?? 1
}

/** The schema that data of a version was recorded with, if there is such a version. */
export function schemaOfVersion(schema: z.ZodType, version: number): z.ZodType | undefined {
  return version === schemaVersionOf(schema) ? schema : histories.get(schema)?.schemas[version - 1]
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
  const history = histories.get(schema)
  if (!history?.schemas[version - 1]) throw new Error(`its schema has no version ${String(version)}`)
  let current = data
  for (let step = version; step < newest; step += 1) current = applied(history, step, current)
  return current
}

/** Data of version `step` in the version behind it. */
function applied({ schemas, changes }: History, step: number, old: unknown): unknown {
  const parsed = schemas[step]?.safeParse(changes[step - 1]?.(old as never))
  if (parsed?.success) return parsed.data
  const why = parsed && faultLine(parsed.error)
  throw new Error(`what was made of it does not fit version ${step + 1} of its schema: ${why}`)
}
