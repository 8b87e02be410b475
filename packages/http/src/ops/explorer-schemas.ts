import type { ExploredEvent, StateAt } from 'weir/runtime'
import * as z from 'zod'
import { type AsJson, about, named, recordedEvent, text } from './schemas.ts'

/** What is asked about streams and documents, and answered. */

const version = z
  .string()
  .regex(/^\d{1,15}$/, 'has to be a version: a whole number')
  .transform(Number)

type VersionParameter = z.ZodOptional<z.ZodType<number, string>>

/** A version in a query string. */
export function versionParameter(description: string): VersionParameter {
  return version.meta(about(description)).optional() as VersionParameter
}

export const prefixParameter: z.ZodDefault<z.ZodString> = text
  .default('')
  .meta(about('Only names that begin with this.'))

export const streamHead: z.ZodType<{ stream: string; version: number }> = z.object({
  stream: named('`<aggregate>-<id>`.'),
  version: z.int().meta(about('Of its last event.')),
})

export const exploredEvent: z.ZodType<AsJson<ExploredEvent>> = z.union([
  recordedEvent,
  z.object({
    stream: z.string(),
    version: z.int(),
    undecodable: named('Why it cannot be read.'),
    raw: z.unknown().meta(about('As it is recorded, or the beginning of its text.')),
  }),
])

export const stateAt: z.ZodType<AsJson<StateAt>> = z.object({
  version: z.int(),
  state: z.unknown().meta(about('Null for raw aggregates, which have none.')),
})

export const anyDocument: z.ZodType<unknown> = z
  .looseObject({ id: z.string() })
  .meta(about('As the projection describes it.'))
