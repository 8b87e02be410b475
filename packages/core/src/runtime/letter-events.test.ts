import { expect, test } from 'vitest'
import * as z from 'zod'
import { aggregate, app, policy, projection } from '../definitions/index.ts'
import { World } from './world.fixture.ts'

const Parcel = aggregate('parcel', { events: { Sent: z.object({ n: z.int() }) }, initialState: 0 })
  .evolve({ Sent: (count) => count + 1 })
  .commands({ send: { input: z.object({ n: z.int() }), decide: (_, data) => ({ type: 'Sent', data }) } })

const lost = () => {
  throw new Error('the address is unknown')
}
const Parcels = projection('parcels', { schema: z.object({ id: z.string() }) }).create(Parcel, { Sent: lost })
const notify = policy('notify', { attempts: 1 }).on(Parcel, { Sent: lost })
const definition = app('post', { routes: {}, projections: [Parcels], policies: [notify], aggregates: [Parcel] })

/** A post office that has lost parcels; `looks` are the limits of all reads of a stream. */
async function lose(count: number) {
  const looks: number[] = []
  const world = await World.make()
  const runtime = await world.start(definition, {
    events: (events) => ({
      readStream: (stream, after, limit) => {
        looks.push(limit)
        return events.readStream(stream, after, limit)
      },
    }),
  })
  for (let n = 0; n < count; n += 1) await world.run(runtime.execute(Parcel.commands.send(`p${n}`, { n })))
  await world.run(runtime.settled())
  looks.length = 0
  return { world, looks, operations: runtime.operations }
}

test.each(['parcels', 'notify'])('G10 the dead letters of %s are listed without a look into the log', async (name) => {
  const { world, looks, operations } = await lose(30)
  const letters = await world.run(operations.deadLetters(name))
  expect(letters).toHaveLength(30)
  expect(looks).toEqual([])
  const shown = await world.run(operations.withEvents(letters.slice(5, 7)))
  expect(shown.map(({ stream, event }) => [stream, event?.type])).toEqual([
    ['parcel-p13', 'Sent'],
    ['parcel-p14', 'Sent'],
  ])
  expect(looks).toEqual([1, 1])
})

test('others have their turn while the events of many dead letters are read', async () => {
  const { world, looks, operations } = await lose(60)
  const letters = await world.run(operations.deadLetters('notify'))
  const readBefore: number[] = []
  const look = () => {
    readBefore.push(looks.length)
    if (looks.length < letters.length) world.clock.soon(look)
  }
  world.clock.soon(look)
  expect(await world.run(operations.withEvents(letters))).toHaveLength(60)
  expect(readBefore.some((read) => read > 0 && read < 30)).toBe(true)
})
