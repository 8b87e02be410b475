import { memoryEngine } from 'weir/memory'
import { engineLaws } from './engine.laws.ts'
import { eventStoreLaws } from './event-store.laws.ts'
import { guaranteeLaws } from './guarantees.laws.ts'
import { readModelStoreLaws } from './read-model-store.laws.ts'
import type { SetUp } from './subject.ts'

const setUp: SetUp = async () => {
  const open = memoryEngine()
  return { engine: await open('test'), reopen: () => open('test'), dispose: async () => {} }
}

eventStoreLaws('memory', setUp)
readModelStoreLaws('memory', setUp)
engineLaws('memory', setUp)
guaranteeLaws('memory', setUp)
