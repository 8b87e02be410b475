import { writeSync } from 'node:fs'
import { dynamodbEngine } from './engine.ts'
import { inMemory, one } from './testing.fixture.ts'

/** A process that appends to streams of its own until it is killed, and says what was acknowledged. */
const [endpoint = '', events = '', index = ''] = process.argv.slice(2)

const engine = await dynamodbEngine({ tables: () => ({ events, index }), endpoint, readModels: inMemory() })('test')
for (let turn = 0; ; turn += 1) {
  const streams = Array.from({ length: 8 }, (_, lane) => `order-${turn}-${lane}`)
  await engine.events.append(streams.map((stream) => one(stream, 'absent')))
  writeSync(1, `${streams.join('\n')}\n`)
}
