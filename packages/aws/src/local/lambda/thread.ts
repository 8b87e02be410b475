import { enableCompileCache, flushCompileCache } from 'node:module'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { dieAt } from './death.ts'
import type { EnvironmentData, FunctionError, Invocation, Report } from './protocol.ts'
import { goAhead } from './time.ts'

/**
 * The thread of one environment of a function.
 *
 * 1. It handles one invocation at a time.
 * 2. Between them it is frozen, as Lambda freezes a machine: nothing runs, whatever a handler left under way.
 * 3. Its code is compiled once on this machine: the next cold start, of this or another local cloud, is two to three times as quick.
 * 4. What is written to standard output reaches the owner at once, also right before a freeze or an end.
 */
const port = parentPort
if (!port) throw new Error('This runs in a worker thread only.')
const { module, handler: name, sent, ahead } = workerData as EnvironmentData
const counter = new Int32Array(sent)

const report = (message: Report) => port.postMessage(message)
const write = (text: string | Uint8Array) => {
  report({ kind: 'wrote', text: String(text) })
  return true
}
process.stdout.write = write
process.stderr.write = write

const realTime = Date.now
if (ahead !== 0) goAhead(ahead)
enableCompileCache()
const handler = await load()
flushCompileCache()
report({ kind: 'ready' })

for (let handled = 0; ; handled++) {
  Atomics.wait(counter, 0, handled)
  await handle(receiveMessageOnPort(port)?.message as Invocation)
}

async function load(): Promise<(event: unknown, context: object) => unknown> {
  const exported = await import(module)
  // What is CommonJS may show its exports only there.
  const found = exported[name] ?? exported.default?.[name]
  if (typeof found === 'function') return found
  throw new Error(`${module} exports no function ${name}.`)
}

async function handle({ event, deadline, context, requestId, death }: Invocation): Promise<void> {
  const survive = death && dieAt(death, () => report({ kind: 'dying' }))
  try {
    const result: unknown = await handler(JSON.parse(event), {
      functionName: context.functionName,
      functionVersion: '$LATEST',
      invokedFunctionArn: context.arn,
      memoryLimitInMB: String(context.memory),
      awsRequestId: requestId,
      logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
      logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
      callbackWaitsForEmptyEventLoop: false,
      getRemainingTimeInMillis: () => Math.max(0, deadline - realTime()),
    })
    report({ kind: 'answered', result: JSON.stringify(result ?? null) })
  } catch (error) {
    report({ kind: 'threw', error: errorOf(error) })
  } finally {
    survive?.()
  }
}

function errorOf(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error) }
  const { name: errorType, message: errorMessage, stack = '' } = error
  return { errorType, errorMessage, stackTrace: stack.split('\n') }
}
