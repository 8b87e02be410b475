import type { Operations } from 'weir/runtime'
import type * as z from 'zod'
import { type Problem, problem } from '../problems/problem.ts'
import type { Mount } from '../rest/mount.ts'

/** What an operator asks for, checked. */
export interface Call<Query = unknown, Body = unknown> {
  readonly mounts: readonly Mount[]
  /** A parameter of the path, decoded. */
  readonly parameter: (name: string) => string
  readonly query: Query
  readonly body: Body
  readonly actor: string
  /** How far the caller has been shown a stream of events before. */
  readonly lastEventId: string | undefined
}

/** A page of a list that is not at hand as a whole. */
export interface TurnedPage {
  readonly items: readonly unknown[]
  /** The query parameters that lead to the next page, if there is one: they take the place of those that were given. */
  readonly next: Readonly<Record<string, string>> | undefined
}

/** One line of the operations API. What serves it and what describes it are made from this alone. */
export interface OpsRoute {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  /** Names the operation; unique. */
  readonly id: string
  readonly summary: string
  readonly description?: string
  /** Query parameters; where a list is answered whole by `run`, beside those that turn its pages. */
  readonly query?: z.ZodObject
  readonly body?: z.ZodObject
  readonly status?: 200 | 202
  /** What is answered: of a list, one item. `name` is the schema's in the document. */
  readonly answer: { readonly name: string; readonly schema: z.ZodType }
  /**
   * An array is answered. Of one that can grow and is answered whole by `run`, `page` is each item's place: unique, and
   * sorted as text. With `turned`, `run` answers a `TurnedPage`.
   */
  readonly list?: { readonly page?: (item: never) => string; readonly turned?: true }
  /** A stream of server-sent events is answered: these, each with an `answer` as its data. `run` gives the stream. */
  readonly live?: { readonly events: string }
  /** Where to look next, with the same path parameters. */
  readonly location?: string
  readonly run: (call: Call) => Promise<unknown>
  /** Adds to the items of a page what would cost too much for all of a list. */
  readonly complete?: (call: Call, page: readonly unknown[]) => Promise<readonly unknown[]>
}

type Definition<Query extends z.ZodObject, Body extends z.ZodObject> = Omit<OpsRoute, Checked> & {
  readonly query?: Query
  readonly body?: Body
  readonly run: (operations: Operations, call: Call<z.output<Query>, z.output<Body>>) => Promise<unknown>
  readonly complete?: (operations: Operations, page: never) => Promise<readonly unknown[]>
}

type Checked = 'query' | 'body' | 'run' | 'complete'

/** A route of the application that the path names. */
export function appRoute<Query extends z.ZodObject, Body extends z.ZodObject>(
  definition: Definition<Query, Body>,
): OpsRoute {
  const run = async (call: Call): Promise<unknown> => {
    const { operations } = appNamed(call) ?? {}
    return operations ? definition.run(operations, call as never) : unknownApp(call)
  }
  const complete = async (call: Call, page: readonly unknown[]): Promise<readonly unknown[]> => {
    const { operations } = appNamed(call) ?? {}
    return operations && definition.complete ? definition.complete(operations, page as never) : page
  }
  return { ...definition, path: `/ops/:app${definition.path}`, run, complete }
}

function appNamed({ mounts, parameter }: Call): Mount['runtime'] | undefined {
  return mounts.find(({ runtime }) => runtime.app.name === parameter('app'))?.runtime
}

function unknownApp({ mounts }: Call): Problem {
  const names = mounts.map(({ runtime }) => runtime.app.name).join(', ')
  return problem('not-found', { detail: `There is no such application here. There are: ${names}.` })
}
