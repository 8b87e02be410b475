import { StateMachine } from 'aws-local-stepfunctions'
import { expect, test } from 'vitest'
import { waitSeconds } from '../../contract/index.ts'
import { rebuildDefinition } from './rebuild-definition.ts'

const lambda = 'arn:aws:lambda:eu-west-1:123456789012:function:weir-dev-rebuild'

interface Task {
  readonly action: string
  readonly app: string
  readonly projection: string
  readonly partition?: number
}

/** Runs the machine with a function that answers an action with one outcome after the other, the last one for good. */
async function rebuild(answers: Record<string, string[]>, partitions: number[] = [0, 1]) {
  const calls: string[] = []
  const waited: string[] = []
  let entered = 0
  const call = async ({ action, app, projection, partition }: Task) => {
    expect([app, projection]).toEqual(['coffee', 'orders'])
    calls.push(partition === undefined ? action : `${action} ${partition}`)
    const key = partition === undefined ? action : `${action} ${partition}`
    const left = answers[key] ?? ['caught-up']
    const outcome = left.length > 1 ? left.shift() : left[0]
    if (outcome === 'fails') throw new Error('the database wakes up')
    return { outcome, ...(action === 'prepare' && { partitions }) }
  }
  const machine = new StateMachine(rebuildDefinition(lambda) as never)
  const handlers = Object.fromEntries(['Prepare', 'Fold', 'Switch'].map((state) => [state, call as never]))
  const run = machine.run(
    { app: 'coffee', projection: 'orders' },
    {
      overrides: {
        taskResourceLocalHandlers: handlers,
        waitTimeOverrides: { 'Wait for the rest': 0, 'Wait for an operator': 0 },
        retryIntervalOverrides: { Prepare: 0, Fold: 0, Switch: 0 },
      },
    },
  )
  const reading = (async () => {
    for await (const event of run.eventLogs) {
      if (event.type !== 'StateEntered') continue
      entered += 1
      if (event.state.type === 'Wait') waited.push(event.state.name)
    }
  })()
  await run.result
  await reading
  return { calls, waited, entered }
}

test('each partition is folded until it is caught up, then the new generation serves', async () => {
  const { calls } = await rebuild({
    prepare: ['prepared'],
    'fold 1': ['more', 'more', 'caught-up'],
    switch: ['serving'],
  })
  expect(calls.toSorted()).toEqual(['fold 0', 'fold 1', 'fold 1', 'fold 1', 'prepare', 'switch'])
  expect(calls.at(-1)).toBe('switch')
})

test('what comes meanwhile is folded before the switch is tried again, and operators are waited for', async () => {
  const { calls, waited } = await rebuild({ prepare: ['prepared'], switch: ['behind', 'blocked', 'serving'] }, [0])
  expect(calls).toEqual(['prepare', 'fold 0', 'switch', 'fold 0', 'switch', 'fold 0', 'switch'])
  expect(waited).toEqual(['Wait for the rest', 'Wait for an operator'])
})

test.each(['nothing', 'stopped'])('with %s to rebuild it ends', async (outcome) => {
  expect((await rebuild({ prepare: [outcome] }, [])).calls).toEqual(['prepare'])
})

test('a rebuild that an operator stops ends with it', async () => {
  const { calls } = await rebuild({ prepare: ['prepared'], 'fold 0': ['stopped'], switch: ['stopped'] }, [0])
  expect(calls).toEqual(['prepare', 'fold 0', 'switch'])
})

test('a function that fails is called again', async () => {
  const { calls } = await rebuild({ prepare: ['fails', 'fails', 'prepared'], switch: ['serving'] }, [])
  expect(calls).toEqual(['prepare', 'prepare', 'prepare', 'switch'])
})

test('an operator is waited for a whole day: Step Functions ends an execution of 25,000 entries', async () => {
  const lanes = [0, 1, 2, 3]
  const atOnce = await rebuild({ prepare: ['prepared'], switch: ['serving'] }, lanes)
  const later = await rebuild({ prepare: ['prepared'], switch: ['blocked', 'serving'] }, lanes)
  const states = later.entered - atOnce.entered
  // A state has five entries at most: entered, scheduled, started, succeeded, exited.
  expect(states).toBeGreaterThan(lanes.length * 3)
  expect((86_400 / waitSeconds.blocked) * states * 5).toBeLessThan(25_000)
})
