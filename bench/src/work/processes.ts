import { strict as assert } from 'node:assert'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { perSecond } from '../measure.ts'

/** Commands per second of several processes with callers of their own, all on one stream. */
export async function processesOnOneStream(
  place: string,
  processes: number,
  callers: number,
  commands: number,
): Promise<number> {
  const each = Math.floor(commands / processes)
  const file = join(import.meta.dirname, 'hot-process.ts')
  const children = Array.from({ length: processes }, () => fork(file, [place, String(callers), String(each)]))
  await Promise.all(children.map(answerOf))
  let versions: number[] = []
  const rate = await perSecond(each * processes, async () => {
    for (const child of children) child.send('go')
    versions = (await Promise.all(children.map(answerOf))).flat()
  })
  assert.equal(versions.length, each * processes, 'no command was lost')
  const inOrder = versions.toSorted((a, b) => a - b)
  assert.ok(inOrder.every((version, index) => version === index + 1))
  return rate
}

/** What a process says next: at first nothing, that it is ready, then the versions that its commands were accepted at. */
async function answerOf(child: ChildProcess): Promise<number[]> {
  const [versions] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`A process ended with ${code}.`))),
  ])
  return versions as number[]
}
