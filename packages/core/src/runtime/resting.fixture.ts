import * as z from 'zod'
import { aggregate, app } from '../definitions/index.ts'
import { memoryEngine } from '../engines/memory/index.ts'
import type { OpenEngine } from '../ports/index.ts'
import { startRuntime } from './runtime.ts'

// A process with nothing to do but one command, which loses its first races.

const Counter = aggregate('counter', { events: { Counted: z.object({}) }, initialState: 0 })
  .evolve({ Counted: (count) => count + 1 })
  .commands({ count: { input: z.object({}), decide: () => ({ type: 'Counted', data: {} }) } })

const LOST = 8

const racing: OpenEngine = async (application) => {
  const engine = await memoryEngine()(application)
  let races = 0
  const { append } = engine.events
  engine.events.append = async (group) => {
    if (races++ >= LOST) return append.call(engine.events, group)
    return group.map(({ streams }) => ({ outcome: 'conflict', stream: streams[0]?.stream ?? '', version: 0 }))
  }
  return engine
}

const runtime = await startRuntime(app('counters', { routes: {}, aggregates: [Counter] }), { engine: racing })
const { outcome } = await runtime.execute(Counter.commands.count('1', {}))
console.info(outcome)
