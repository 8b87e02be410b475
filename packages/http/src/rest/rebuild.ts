import type { ProgressEntry, RebuildEntry } from 'weir'
import { faultsOf, type Runtime } from 'weir/runtime'
import * as z from 'zod'
import { type Handler, jsonAnswer } from '../exchange/answer.ts'
import { readJson } from '../exchange/json-body.ts'
import { Problem, problem } from '../problems/problem.ts'
import type { Mount } from './mount.ts'

/** A rebuild is asked for without words. */
export const rebuildInput: z.ZodType = z.strictObject({})

/** What is answered to who asks for a rebuild. */
export const rebuildAnswer: z.ZodType = z.object({
  projection: z.string(),
  generation: z.int32().meta({ description: 'The generation that is being folded.' }),
})

/** How far a rebuild has come. */
export const progressAnswer: z.ZodType = z.object({
  projection: z.string(),
  generation: z.int32(),
  state: z.enum(['running', 'stopped', 'blocked', 'done', 'failed', 'cancelled']),
  done: z.int().meta({ description: 'Events folded so far.' }),
  total: z.int().meta({ description: 'Events in all.' }),
  eventsPerSecond: z.number(),
  secondsLeft: z.number().nullable().meta({ description: 'Null while it cannot be told.' }),
})

/** Has the projection folded anew (G9); while that is under way, it is not begun again. */
export function rebuildHandler(
  { runtime, base }: Mount,
  { projection: { name }, location }: RebuildEntry,
  bodyLimit: number,
): Handler {
  return async (exchange) => {
    const body = await readJson(exchange, bodyLimit)
    if (body instanceof Problem) return body
    const input = rebuildInput.safeParse(body.value)
    if (!input.success) return problem('invalid-input', { errors: faultsOf(input.error.issues) })
    const { projection, generation } = await runtime.operations.rebuild(name)
    const headers: Record<string, string> = location === undefined ? {} : { location: base + location }
    return jsonAnswer(202, { projection, generation }, headers)
  }
}

/** Tells how far the rebuild that is under way has come, or how the last one ended. */
export function progressHandler({ runtime }: Mount, entry: ProgressEntry): Handler {
  return async () => {
    return jsonAnswer(200, await progressOf(runtime, entry), { 'cache-control': 'no-store' })
  }
}

/** How far the rebuild of a projection has come, in the form of `progressAnswer`. */
export async function progressOf(runtime: Runtime, entry: ProgressEntry): Promise<unknown> {
  const status = await runtime.operations.rebuildStatus(entry.projection.name)
  const { projection, generation, state, done, total, eventsPerSecond, secondsLeft = null } = status
  return { projection, generation, state, done, total, eventsPerSecond, secondsLeft }
}
