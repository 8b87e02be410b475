import { expect, it } from 'vitest'
import type { Snapshot } from 'weir/ports'
import type { Subject } from '../subject.ts'

export function snapshotLaws(subject: Subject): void {
  const snapshot = (fingerprint: string, version: number): Snapshot => {
    return { version, fingerprint, state: JSON.stringify({ version, text: "it's “so”" }) }
  }

  it('a snapshot comes back as it was saved, to those who bear its fingerprint', async () => {
    const saved = snapshot('v1', 10)
    await subject.events.saveSnapshot('order-1', saved)
    expect(await subject.events.loadSnapshot('order-1', 'v1')).toEqual(saved)
    expect(await subject.events.loadSnapshot('order-1', 'v2')).toBeUndefined()
    expect(await subject.events.loadSnapshot('order-2', 'v1')).toBeUndefined()
  })

  it('a newer one takes its place', async () => {
    await subject.events.saveSnapshot('order-1', snapshot('v1', 10))
    const newer = snapshot('v1', 20)
    await subject.events.saveSnapshot('order-1', newer)
    expect(await subject.events.loadSnapshot('order-1', 'v1')).toEqual(newer)
  })

  it('one with another fingerprint is not mistaken for it', async () => {
    await subject.events.saveSnapshot('order-1', snapshot('v1', 10))
    const other = snapshot('v2', 20)
    await subject.events.saveSnapshot('order-1', other)
    expect(await subject.events.loadSnapshot('order-1', 'v2')).toEqual(other)
    const old = await subject.events.loadSnapshot('order-1', 'v1')
    expect([undefined, 10]).toContain(old?.version)
  })
}
