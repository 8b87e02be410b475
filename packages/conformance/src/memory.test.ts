import { memoryEngine } from 'weir/memory'
import { engineLaws } from './engine.laws.ts'
import { eventStoreLaws } from './event-store.laws.ts'
import { guaranteeLaws } from './guarantees.laws.ts'
import { readModelStoreLaws } from './read-model-store.laws.ts'
import type { SetUp } from './subject.ts'

const setUpWith =
  (partitions: number): SetUp =>
  async () => {
    const open = memoryEngine({ partitions })
    return { engine: await open('test'), reopen: () => open('test'), dispose: async () => {} }
  }

const setUp = setUpWith(1)
const divided = setUpWith(3)

eventStoreLaws('memory', setUp)
readModelStoreLaws('memory', setUp)
readModelStoreLaws('memory, in partitions', divided)
engineLaws('memory', setUp)
guaranteeLaws('memory', setUp)
guaranteeLaws('memory, in partitions', divided)
