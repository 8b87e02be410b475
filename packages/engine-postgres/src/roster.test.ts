import { expect, it } from 'vitest'
import { useStage } from './testing.fixture.ts'

const stage = useStage()

it('each process is entered once, and counted each time that it says it is there', async () => {
  const [one, other] = [await stage.open('roster'), await stage.open('roster')]
  expect(await one.roster?.attend('a', 'folds')).toEqual([{ id: 'a', skills: 'folds', count: 1 }])
  expect(await other.roster?.attend('b', '')).toHaveLength(2)
  const all = await one.roster?.attend('a', 'folds more')
  expect(all?.toSorted((x, y) => (x.id < y.id ? -1 : 1))).toEqual([
    { id: 'a', skills: 'folds more', count: 2 },
    { id: 'b', skills: '', count: 1 },
  ])
})

it('one that has left, or was taken out, is not entered; who says it is there again begins anew', async () => {
  const { roster } = await stage.open('left')
  await roster?.attend('a', '')
  await roster?.attend('a', '')
  await roster?.leave('a')
  await roster?.leave('a')
  expect(await roster?.attend('b', '')).toEqual([{ id: 'b', skills: '', count: 1 }])
  expect(await roster?.attend('a', '')).toContainEqual({ id: 'a', skills: '', count: 1 })
})

it('many that come at once are all entered', async () => {
  const engines = [await stage.open('many'), await stage.open('many')]
  const ids = Array.from({ length: 40 }, (_, index) => `process-${index % 20}`)
  await Promise.all(ids.map((id, index) => engines[index % 2]?.roster?.attend(id, '')))
  const all = await engines[0]?.roster?.attend('me', '')
  expect(all?.map(({ count }) => count).toSorted()).toEqual([1, ...Array(20).fill(2)])
})
