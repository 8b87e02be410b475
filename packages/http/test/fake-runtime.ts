import type { App } from 'weir'
import type { ExecuteOptions, GetAnswer, ListAnswer, ListOptions, Outcome, ReadOptions, Runtime } from 'weir/runtime'

/** What a `Runtime` double was asked. */
export interface Asked {
  execute: { input: unknown; id: string | undefined; options: ExecuteOptions | undefined }[]
  get: { id: string; options: ReadOptions | undefined }[]
  list: (ListOptions | undefined)[]
}

export interface Answers {
  execute?: (options: ExecuteOptions | undefined) => Outcome
  get?: () => GetAnswer<unknown>
  list?: () => ListAnswer<unknown>
  readiness?: () => { ready: boolean; reasons: string[] }
}

/** A `Runtime` that answers as told at once, and notes what it was asked. */
export function fakeRuntime(app: App, answers: Answers = {}): { runtime: Runtime; asked: Asked } {
  const asked: Asked = { execute: [], get: [], list: [] }
  const runtime = {
    app,
    execute: async (message, options) => {
      asked.execute.push({ input: message.input, id: message.aggregateId, options })
      return answers.execute?.(options) ?? accepted
    },
    get: async (_, id, options) => {
      asked.get.push({ id, options })
      return answers.get?.() ?? { document: undefined, version: 0, consistency: undefined }
    },
    list: async (_, options) => {
      asked.list.push(options)
      return answers.list?.() ?? { documents: [], next: undefined, consistency: undefined }
    },
    projections: () => [],
    readiness: async () => answers.readiness?.() ?? { ready: true, reasons: [] },
    settled: async () => {},
    stop: async () => {},
  } as Runtime
  return { runtime, asked }
}

export const accepted: Outcome = {
  outcome: 'accepted',
  id: 'c-1',
  version: 1,
  events: [],
  state: undefined,
  token: 'token-of-c-1',
  repeated: false,
}
