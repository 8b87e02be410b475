import type { App } from 'weir'
import {
  type ExecuteOptions,
  type GetAnswer,
  type ListAnswer,
  type ListOptions,
  OperationRefused,
  type Operations,
  type Outcome,
  type ReadOptions,
  type Runtime,
} from 'weir/runtime'

/** What a `Runtime` double was asked. */
export interface Asked {
  execute: { input: unknown; id: string | undefined; options: ExecuteOptions | undefined }[]
  get: { id: string; options: ReadOptions | undefined }[]
  list: (ListOptions | undefined)[]
  /** Operations: the name and what it was called with. */
  operations: [name: string, ...args: unknown[]][]
}

export interface Answers {
  execute?: (options: ExecuteOptions | undefined) => Outcome
  get?: (options: ReadOptions | undefined) => GetAnswer<unknown> | Promise<GetAnswer<unknown>>
  list?: () => ListAnswer<unknown>
  operations?: Partial<Operations>
  readiness?: () => { ready: boolean; reasons: string[] }
}

/** A `Runtime` that answers as told at once, and notes what it was asked. */
export function fakeRuntime(app: App, answers: Answers = {}): { runtime: Runtime; asked: Asked } {
  const asked: Asked = { execute: [], get: [], list: [], operations: [] }
  const runtime = {
    app,
    execute: async (message, options) => {
      asked.execute.push({ input: message.input, id: message.aggregateId, options })
      return answers.execute?.(options) ?? accepted
    },
    get: async (_, id, options) => {
      asked.get.push({ id, options })
      return answers.get?.(options) ?? { document: undefined, version: 0, consistency: undefined }
    },
    list: async (_, options) => {
      asked.list.push(options)
      return answers.list?.() ?? { documents: [], next: undefined, consistency: undefined }
    },
    observe: () => () => {},
    onDemand: undefined,
    operations: operationsOf(answers.operations ?? {}, asked),
    readiness: async () => answers.readiness?.() ?? { ready: true, reasons: [] },
    settled: async () => {},
    stop: async () => {},
  } as Runtime
  return { runtime, asked }
}

/** Refuses what it was not told an answer for, as the real ones refuse what is not there. */
function operationsOf(told: Partial<Operations>, asked: Asked): Operations {
  const call = (name: string | symbol, args: unknown[]) => {
    asked.operations.push([String(name), ...args])
    const answer = told[name as keyof Operations] as ((...args: unknown[]) => Promise<unknown>) | undefined
    return answer ? answer(...args) : Promise.reject(new OperationRefused('unknown-consumer', 'No such consumer'))
  }
  return new Proxy(
    {},
    {
      get:
        (_, name) =>
        (...args: unknown[]) =>
          call(name, args),
    },
  ) as Operations
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
