import { expect, it } from 'vitest'
import type { Subject } from '../subject.ts'
import { changes, concerts, document, fill, ids, made, openModel, query } from './models.ts'

export function dropLaws(subject: Subject): void {
  const next = { ...concerts, fingerprint: 'v2' }
  const generations = () => subject.readModels.generations('concerts')

  it('G9 one that was dropped is gone for good; others, and other models, stay as they are', async () => {
    const { readModels } = subject
    const serving = await fill(readModels, [document('1')])
    const { generation, lease } = await fill(readModels, [document('2')], next)
    const other = await fill(readModels, [document('3')], { ...next, name: 'tickets' })
    await readModels.drop(generation)
    const gone = `Generation ${generation.number} of read model concerts is not there any more.`
    const uses: (() => Promise<unknown>)[] = [
      () => readModels.get(generation, '2'),
      () => readModels.load(generation, ['2']),
      () => readModels.loadWaiting(generation),
      () => readModels.list(generation, query()),
      () => readModels.open(generation),
      () => readModels.mark(generation, 'building', made + 1),
    ]
    for (const use of uses) await expect(use()).rejects.toThrow(gone)
    expect(await readModels.save(generation, lease, changes({ documents: [document('4')] }))).toBe('fenced')
    expect(await generations()).toMatchObject([{ number: serving.generation.number, state: 'serving' }])
    expect(await ids(readModels, serving.generation)).toEqual(['1'])
    expect(await ids(readModels, other.generation)).toEqual(['3'])
    await readModels.drop(generation)
  })

  it('G9 the one that serves cannot be dropped', async () => {
    const { readModels } = subject
    const { generation, lease } = await fill(readModels, [document('1')])
    await expect(readModels.drop(generation)).rejects.toThrow('being read')
    expect(await ids(readModels, generation)).toEqual(['1'])
    expect(await readModels.save(generation, lease, changes())).toBe('saved')
  })

  it('G9 a number is never given again', async () => {
    const numbers = [(await subject.readModels.create(concerts, made)).number]
    for (let turn = 0; turn < 3; turn += 1) {
      const { generation, lease } = await fill(subject.readModels, [document('2')], next)
      numbers.push(generation.number)
      await subject.readModels.drop(generation)
      await subject.reopen()
      const again = await openModel(subject.readModels, next)
      numbers.push(again.generation.number)
      expect(await ids(subject.readModels, again.generation)).toEqual([])
      expect(await subject.readModels.save(generation, lease, changes())).toBe('fenced')
      await subject.readModels.drop(again.generation)
    }
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
  })
}
