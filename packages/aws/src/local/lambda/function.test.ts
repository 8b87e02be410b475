import { afterEach, expect, test, vi } from 'vitest'
import { type FunctionOptions, LambdaFunction } from './function.ts'

const started: LambdaFunction[] = []

afterEach(async () => {
  await Promise.all(started.splice(0).map((each) => each.stop()))
})

/** @param code of a module that exports `handler` */
function functionOf(code: string, options: Partial<FunctionOptions> = {}): LambdaFunction {
  const made = new LambdaFunction({
    ...{ name: 'count', arn: 'arn:aws:lambda:eu-west-1:000000000000:function:count', handler: 'handler' },
    module: `data:text/javascript,${encodeURIComponent(code)}`,
    ...{ variables: { GREETING: 'hello' }, memory: 128, timeout: 10_000, reserved: undefined, environments: 8 },
    ...{ idle: 60_000, ahead: () => 0, write: () => {}, ended: () => {} },
    ...options,
  })
  started.push(made)
  return made
}

const answers = async (called: LambdaFunction, event: unknown = {}) => {
  const invoked = await called.invoke(event)
  return invoked.kind === 'answered' ? invoked.payload : invoked
}

const counting = 'let calls = 0; export const handler = async () => ++calls'
const waiting = 'export const handler = ({ ms }) => new Promise((done) => setTimeout(done, ms, ms))'

test('a warm environment goes before a new one', async () => {
  const count = functionOf(counting)
  expect([await answers(count), await answers(count)]).toEqual([1, 2])
  expect(count.environments).toBe(1)
})

test('each invocation may be made to start cold', async () => {
  const count = functionOf(counting)
  count.alwaysCold(true)
  expect([await answers(count), await answers(count)]).toEqual([1, 1])
})

test('between two invocations nothing runs', async () => {
  const ticks = 'let ticks = 0; setInterval(() => ticks++, 1); export const handler = async () => ticks'
  const ticking = functionOf(ticks)
  const before = (await answers(ticking)) as number
  await answers(functionOf(waiting), { ms: 200 })
  expect((await answers(ticking)) as number).toBeLessThanOrEqual(before + 2)
})

test('at the same time, each invocation has an environment of its own', async () => {
  const count = functionOf(counting.replace('async () => ++calls', 'async () => { calls++; await null; return calls }'))
  expect(await Promise.all([answers(count), answers(count)])).toEqual([1, 1])
})

test('more than the template reserves are refused, more than the machine bears wait', async () => {
  const reserved = functionOf(waiting, { reserved: 1 })
  const two = await Promise.all([reserved.invoke({ ms: 50 }), reserved.invoke({ ms: 50 })])
  expect(two.map(({ kind }) => kind).sort()).toEqual(['answered', 'throttled'])
  const one = functionOf(counting, { environments: 1 })
  expect(await Promise.all([answers(one), answers(one), answers(one)])).toEqual([1, 2, 3])
})

test('an environment that nobody calls is stopped', async () => {
  const count = functionOf(counting, { idle: 10 })
  await answers(count)
  await vi.waitFor(() => expect(count.environments).toBe(0))
  expect(await answers(count)).toBe(1)
})

test('a handler has its variables and none of this process, its context, and the time that it is to have', async () => {
  const code = `export const handler = async (event, context) => ({
    variables: Object.keys(process.env),
    name: context.functionName,
    isInTime: context.getRemainingTimeInMillis() > 5000,
    year: [new Date().getFullYear(), new Date(Date.now()).getFullYear(), new Date(0).getFullYear()],
  })`
  const ahead = Date.parse('2040-06-01') - Date.now()
  expect(await answers(functionOf(code, { ahead: () => ahead }))).toEqual({
    variables: ['GREETING'],
    name: 'count',
    isInTime: true,
    year: [2040, 2040, 1970],
  })
})

test.each([
  ['throws', 'export const handler = async () => { throw new TypeError("no") }', 'TypeError'],
  ['cannot be loaded', 'throw new Error("no database")', 'Runtime.Error'],
  ['exports no handler', 'export const other = 1', 'Runtime.Error'],
  ['exits', 'export const handler = async () => process.exit(3)', 'Runtime.ExitError'],
  ['takes too long', 'export const handler = () => new Promise(() => setInterval(() => {}, 1000))', 'Sandbox.Timedout'],
  ['never lets go', 'export const handler = () => { for (;;); }', 'Sandbox.Timedout'],
])('what %s has failed', async (_, code, errorType) => {
  const failing = functionOf(code, { timeout: errorType === 'Sandbox.Timedout' ? 50 : 10_000 })
  expect(await failing.invoke({})).toMatchObject({ kind: 'failed', error: { errorType } })
})
