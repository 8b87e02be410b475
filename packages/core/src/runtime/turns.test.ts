import { expect, test } from 'vitest'
import { Turns } from './turns.ts'
import { broken, gate } from './world.fixture.ts'

test('each piece of work begins when those before it are over, however they end', async () => {
  const turns = new Turns()
  const { opened, open } = gate()
  const done: string[] = []
  const slow = turns.take(async () => {
    await opened
    done.push('slow')
  })
  const failing = turns.take(broken)
  const last = turns.take(async () => done.push('last'))
  open()
  await expect(failing).rejects.toThrow('disk full')
  await Promise.all([slow, last, turns.over()])
  expect(done).toEqual(['slow', 'last'])
})
