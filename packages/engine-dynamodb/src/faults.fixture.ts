import type { Dynamo } from './dynamo.ts'

/** How a call goes wrong: before it has any effect, after it had it, or in part. */
export type Fault = 'throttled' | 'lost' | 'failed' | 'conflict' | 'partial'

/** What of a call's input and output has to be known here. */
interface Call {
  readonly Statements?: readonly object[]
  readonly TransactItems?: readonly object[]
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly object[] }>>
}

/** The name of a command, as `PutItem`; undefined: this call goes well. */
export type FaultOf = (command: string) => Fault | undefined

/** Lets calls of DynamoDB go wrong, as they do there. */
export function addFaults(dynamo: Dynamo, faultOf: FaultOf): void {
  dynamo.client.middlewareStack.add(
    (next, context) => async (args) => {
      const command = String(context.commandName).replace(/Command$/, '')
      const fault = faultOf(command)
      if (fault === undefined) return next(args)
      const input = args.input as Call
      if (fault === 'throttled') throw named('ThrottlingException')
      if (fault === 'conflict' && input.TransactItems) throw cancelled(input.TransactItems.length)
      if (fault === 'partial' && input.RequestItems) return half(args, input.RequestItems, next)
      if (fault === 'partial' && input.Statements) return halfDone(await next(args))
      if (fault === 'failed') throw Object.assign(named('InternalServerError'), { $metadata: { httpStatusCode: 500 } })
      await next(args)
      throw named('TimeoutError')
    },
    { step: 'initialize' },
  )
}

type Next = (args: never) => Promise<{ readonly output: unknown; readonly response: unknown }>

/** Reads only half of what is asked for. */
async function half(args: object, wanted: NonNullable<Call['RequestItems']>, next: unknown): Promise<never> {
  const [[table = '', request] = []] = Object.entries(wanted)
  const keys = request?.Keys ?? []
  const middle = Math.ceil(keys.length / 2)
  const input = { RequestItems: { [table]: { ...request, Keys: keys.slice(0, middle) } } }
  const result = await (next as Next)({ ...args, input } as never)
  const left = keys.slice(middle)
  const rest = left.length > 0 ? { UnprocessedKeys: { [table]: { ...request, Keys: left } } } : {}
  return { ...result, output: { ...(result.output as object), ...rest } } as never
}

/** All statements took effect, but of every other one that is not told. */
function halfDone<T extends { readonly output: object }>(result: T): T {
  const { Responses = [] } = result.output as { Responses?: object[] }
  const told = Responses.map((each, index) =>
    index % 2 === 0 ? each : { Error: { Code: 'InternalServerError', Message: 'It failed on its side' } },
  )
  return { ...result, output: { ...result.output, Responses: told } }
}

function named(name: string): Error {
  const error = new Error(name)
  error.name = name
  return error
}

function cancelled(items: number): Error {
  const reasons = Array.from({ length: items }, (_, index) => ({ Code: index === 0 ? 'TransactionConflict' : 'None' }))
  return Object.assign(named('TransactionCanceledException'), { CancellationReasons: reasons })
}
