import type { Causation, CausationNode, DocumentHistory, ExploredEvent, StateAt } from 'weir/runtime'
import * as z from 'zod'
import { type AsJson, about, count, moment, named, recordedEvent, text } from './schemas.ts'

/** What is asked about streams and documents, and answered. */

const version = z
  .string()
  .regex(/^\d{1,15}$/, 'has to be a version: a whole number')
  .transform(Number)

/** A version in a path; undefined when it is none. */
export function readVersion(given: string): number | undefined {
  return version.safeParse(given).data
}

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

export const documentHistory: z.ZodType<AsJson<DocumentHistory>> = z.object({
  complete: z
    .boolean()
    .meta(about('Whether the last step is the document as it is: if not, other streams may have changed it, too.')),
  omitted: count('How many steps before these are left out.'),
  steps: z.array(
    z.object({
      stream: z.string(),
      version: z.int(),
      type: named('Missing when the event cannot be read.').optional(),
      recordedAt: z.iso.datetime().optional(),
      document: z.unknown().meta(about('After the event; null: it was not there, or not any more.')),
      fault: z
        .enum(['failed', 'waiting', 'discarded'])
        .optional()
        .meta(
          about('The event was not applied: it failed, waits behind one that has, or had failed and was discarded.'),
        ),
      error: named('Why the event was not applied.').optional(),
    }),
  ),
})

const causationNode: z.ZodType<AsJson<CausationNode>> = z.object({
  id: z.string(),
  kind: z.enum(['request', 'command', 'event', 'policy']),
  label: named("A request's id, `<aggregate>.<command>`, an event's type, or a policy's name."),
  stream: named(
    "An event's; of a policy, that of the event that it reacts to; of a command, its aggregate's.",
  ).optional(),
  version: z.int().optional(),
  at: moment('When it was recorded.'),
  actor: z.string().optional(),
  status: z
    .enum(['parked', 'pending', 'reacted', 'waiting', 'nothing'])
    .optional()
    .meta(
      about(
        'Of a policy: it waits for repair, or for its turn; its commands were accepted; its timer waits; or none of these, as when it was rejected. Of a command: `nothing`, when it recorded no event.',
      ),
    ),
  due: moment('When the timer is due.').optional(),
})

export const causation: z.ZodType<AsJson<Causation>> = z.object({
  correlationId: z.string(),
  truncated: z.boolean().meta(about('Whether there is more, before or behind, than is shown or could be found.')),
  nodes: z.array(causationNode),
  edges: z.array(z.object({ from: z.string(), to: z.string() })),
})
