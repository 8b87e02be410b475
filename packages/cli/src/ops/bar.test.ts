import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { progressOn } from './bar.ts'

/** A stream that keeps what is written to it. */
function stream(isTTY: boolean) {
  const written: string[] = []
  return { written, stream: { isTTY, columns: 80, write: (text: string) => written.push(text) } as never }
}

const stage = (done: number) => ({ done, total: 1000, eventsPerSecond: 250, secondsLeft: (1000 - done) / 250 })

test('a terminal sees a bar that fits on one line', () => {
  const { written, stream: terminal } = stream(true)
  const progress = progressOn(terminal)
  progress.show({ done: 986_170, total: 1_000_000, eventsPerSecond: 141_314, secondsLeft: 7199 })
  progress.show(stage(500))
  progress.end()
  const lines = written.map((line) => stripVTControlCharacters(line).replace('\r', ''))
  expect(lines[0]?.length).toBeLessThanOrEqual(80)
  expect(lines.slice(1)).toEqual(['  ████████████░░░░░░░░░░░░  50 % 500/1,000 · 250 events/s · 2 s left', '\n'])
})

test('a log sees a line every ten percent', () => {
  const { written, stream: log } = stream(false)
  const progress = progressOn(log)
  for (const done of [0, 40, 99, 105, 150, 330, 340, 1000]) progress.show(stage(done))
  expect(written.map((line) => line.split(':')[0])).toEqual(['0 %', '10 %', '33 %', '100 %'])
})
