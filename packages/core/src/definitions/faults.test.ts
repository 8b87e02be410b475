import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import {
  type AnyAggregate,
  type AnyPolicy,
  type AppDefinition,
  aggregate,
  app,
  DefinitionError,
  policy,
  projection,
  service,
} from './index.ts'

/** Definitions that cannot be: each fault is named with its place, in words for people. */

const Lamp = aggregate('lamp', { events: { Lit: z.object({}) }, initialState: null })
  .evolve({ Lit: (state) => state })
  .commands({ light: { input: z.object({}), decide: () => ({ type: 'Lit', data: {} }) } })

const Lamps = projection('lamps', { schema: z.object({ id: z.string() }) }).create(Lamp, {
  Lit: ({ aggregateId }) => ({ id: aggregateId }),
})

/** The faults of an application that has this. */
function faultsOf(definition: Partial<AppDefinition>, name = 'lights'): string[] {
  try {
    app(name, { routes: {}, ...definition })
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(DefinitionError)
    return (error as DefinitionError).faults.map(({ where, what }) => `${where}: ${what}`)
  }
}

const broken = (change: object): AnyAggregate => ({ ...(Lamp as AnyAggregate), ...change })

test('an application without faults is built', () => {
  const lights = app('lights', { routes: { 'POST /lamps': Lamp.commands.light }, projections: [Lamps] })
  expect(lights).toMatchObject({ kind: 'app', name: 'lights', title: 'lights', aggregates: [Lamp] })
})

test('all faults are told at once, each with its place', () => {
  const build = () =>
    app('Lights!', {
      routes: { 'GET /lamps/:id': Lamps.get },
      aggregates: [broken({ name: 'street-lamp' })],
      policies: [policy('Switch')],
    })
  expect(build).toThrow(
    new DefinitionError('Lights!', [
      { where: "app 'Lights!'", what: "names are written in kebab-case, such as 'box-office'" },
      { where: "aggregate 'street-lamp'", what: "a name is one word in camelCase, such as 'concert'" },
      { where: "policy 'Switch'", what: "names are written in kebab-case, such as 'box-office'" },
      { where: "route 'GET /lamps/:id'", what: "the projection 'lamps' is not in the app's projections" },
    ]),
  )
  expect(build).toThrow(/^The application 'Lights!' has 4 faults in its definitions:\n {2}- app 'Lights!': names are/)
})

test('a single fault is told as one', () => {
  expect(() => app('Lights', { routes: {} })).toThrow(
    "The application 'Lights' has 1 fault in its definitions:\n  - app",
  )
})

describe('an application', () => {
  test.each(['', 'Lights', 'my lights', 'lights-', '-lights', 'li--ghts', '1lights', 'lights/x', 'ligHts'])(
    'is not called %j',
    (name) => {
      expect(faultsOf({}, name)).toEqual([`app '${name}': names are written in kebab-case, such as 'box-office'`])
    },
  )

  test.each(['lights', 'my-lights', 'lights2', 'l'])('may be called %j', (name) => {
    expect(faultsOf({}, name)).toEqual([])
  })

  test('has one thing of a name, though it may be listed twice', () => {
    const twice = 'this name is used twice'
    expect(faultsOf({ aggregates: [Lamp, broken({})] })).toEqual([`aggregate 'lamp': ${twice}`])
    expect(faultsOf({ projections: [Lamps, { ...Lamps }] })).toEqual([`projection 'lamps': ${twice}`])
    expect(faultsOf({ policies: [policy('a'), policy('a')] })).toEqual([`policy 'a': ${twice}`])
    expect(faultsOf({ aggregates: [Lamp, Lamp], projections: [Lamps, Lamps] })).toEqual([])
  })

  test('finds the aggregates that its definitions name, and checks them too', () => {
    const Street = broken({ name: 'street lamp' })
    const fault = "aggregate 'street lamp': a name is one word in camelCase, such as 'concert'"
    const command = Object.assign(() => undefined, Lamp.commands.light, { aggregate: Street }) as never
    expect(faultsOf({ routes: { 'POST /lamps': command } })).toEqual([fault])
    expect(faultsOf({ projections: [Lamps.update(Street as typeof Lamp, { Lit: (doc) => doc })] })).toEqual([fault])
    expect(faultsOf({ policies: [policy('p').on(Street as typeof Lamp, { Lit: () => undefined })] })).toEqual([fault])
    const definitions = { light: { input: z.object({ of: z.string() }), reads: { street: Street.at('of') } } }
    const Reading = broken({ name: 'reading', definitions })
    expect(faultsOf({ aggregates: [Reading] })).toEqual([])
    const misnamed = {
      light: { input: z.object({ of: z.string() }), writes: { x: { aggregate: Street, idField: 'of' } } },
    }
    expect(faultsOf({ aggregates: [broken({ name: 'writing', definitions: misnamed })] })).toEqual([fault])
  })
})

describe('an aggregate', () => {
  test.each(['Lamp', 'street-lamp', 'street lamp', '', '1lamp', 'lamp!'])('is not called %j', (name) => {
    const fault = `aggregate '${name}': a name is one word in camelCase, such as 'concert'`
    expect(faultsOf({ aggregates: [broken({ name })] })).toEqual([fault])
  })

  test('records events that survive JSON', () => {
    const events = { Lit: z.object({ at: z.date() }), Counted: z.bigint() }
    const evolves = new Set(['Lit', 'Counted'])
    expect(faultsOf({ aggregates: [broken({ events, evolves })] })).toEqual([
      "aggregate 'lamp', event 'Lit': cannot be written as JSON: Date cannot be represented in JSON Schema",
      "aggregate 'lamp', event 'Counted': cannot be written as JSON: BigInt cannot be represented in JSON Schema",
    ])
  })

  test('evolves by each of its events, and by no others', () => {
    const evolves = new Set(['Broken', 'toString'])
    expect(faultsOf({ aggregates: [broken({ evolves })] })).toEqual([
      "aggregate 'lamp', event 'Lit': has no evolve handler",
      "aggregate 'lamp': evolve handles 'Broken', which is not one of its events",
      "aggregate 'lamp': evolve handles 'toString', which is not one of its events",
    ])
  })

  test('names its own events as public, each once', () => {
    expect(faultsOf({ aggregates: [broken({ public: ['Lit', 'Broken', 'toString', 'Lit'] })] })).toEqual([
      "aggregate 'lamp': public names 'Broken', which is not one of its events",
      "aggregate 'lamp': public names 'toString', which is not one of its events",
      "aggregate 'lamp': public names 'Lit' twice",
    ])
  })

  test('keeps snapshots that survive JSON', () => {
    const snapshot = { schema: z.object({ since: z.date() }), revision: 1 }
    expect(faultsOf({ aggregates: [broken({ snapshot })] })).toEqual([
      "aggregate 'lamp', snapshot: cannot be written as JSON: Date cannot be represented in JSON Schema",
    ])
  })
})

describe('a command', () => {
  const where = "aggregate 'lamp', command 'light'"
  const commandFaults = (command: object) => {
    const definition = { input: z.object({ of: z.string(), n: z.int() }), decide: () => undefined, ...command }
    return faultsOf({ aggregates: [broken({ definitions: { light: definition } })] })
  }
  const Other = broken({ name: 'other' })
  const at = (idField: string) => ({ aggregate: Other, idField })

  test('takes input that JSON can hold; what is made of it may be anything', () => {
    expect(commandFaults({ input: z.object({ at: z.date() }) })).toEqual([
      `${where}: cannot be written as JSON: Date cannot be represented in JSON Schema`,
    ])
    expect(commandFaults({ input: z.object({ at: z.iso.date().transform((text) => new Date(text)) }) })).toEqual([])
  })

  test('names further aggregates by a field of its input', () => {
    expect(commandFaults({ reads: { street: at('street') }, writes: { town: at('constructor') } })).toEqual([
      `${where}: 'street' takes its id from 'street', which is not a field of the input`,
      `${where}: 'town' takes its id from 'constructor', which is not a field of the input`,
    ])
    expect(commandFaults({ reads: { street: at('of') } })).toEqual([])
  })

  test('names them by text', () => {
    const unclear = z.object({ of: z.string().transform((text) => text.trim()) })
    expect(commandFaults({ reads: { street: at('n') } })).toEqual([
      `${where}: 'street' takes its id from 'n', which is no text`,
    ])
    expect(commandFaults({ input: unclear, reads: { street: at('of') } })).toEqual([
      `${where}: 'street' takes its id from 'of', which is no text`,
    ])
  })

  test('calls them by a name that is not taken', () => {
    expect(commandFaults({ reads: { now: at('of') }, writes: { newId: at('of') } })).toEqual([
      `${where}: 'now' is already part of the context: call the aggregate otherwise`,
      `${where}: 'newId' is already part of the context: call the aggregate otherwise`,
    ])
    expect(commandFaults({ reads: { street: at('of') }, writes: { street: at('of') } })).toEqual([
      `${where}: 'street' stands in both reads and writes`,
    ])
  })
})

describe('a projection', () => {
  const schema = z.object({ id: z.string() })
  const projectionFaults = (options: object, name = 'lights') => {
    const made = projection(name, { schema, ...options } as never).upsert(Lamp, { Lit: () => undefined })
    return faultsOf({ projections: [made as never] })
  }

  test('is called in kebab-case', () => {
    const fault = "names are written in kebab-case, such as 'box-office'"
    expect(projectionFaults({}, 'Street Lights')).toEqual([`projection 'Street Lights': ${fault}`])
  })

  test('handles something', () => {
    expect(faultsOf({ projections: [projection('lights', { schema })] })).toEqual([
      "projection 'lights': handles no event",
    ])
  })

  test('makes documents before it changes them', () => {
    const lights = projection('lights', { schema }).remove(Lamp, Object.keys(Lamp.events).slice(0, 1) as never)
    expect(faultsOf({ projections: [lights] })).toEqual([
      "projection 'lights': never makes a document: it needs a create or an upsert",
    ])
  })

  test('handles events that there are', () => {
    const made = projection('lights', { schema }).upsert(Lamp, {
      toString: () => undefined,
      Lost: () => undefined,
    } as object)
    expect(faultsOf({ projections: [made.remove(Lamp, ['Gone' as never])] })).toEqual([
      "projection 'lights': handles 'toString', which is not an event of the aggregate 'lamp'",
      "projection 'lights': handles 'Lost', which is not an event of the aggregate 'lamp'",
      "projection 'lights': handles 'Gone', which is not an event of the aggregate 'lamp'",
    ])
  })

  test('makes documents that survive JSON', () => {
    expect(projectionFaults({ schema: schema.extend({ at: z.date() }) })).toEqual([
      "projection 'lights': cannot be written as JSON: Date cannot be represented in JSON Schema",
    ])
  })

  test('makes documents with an id that is text', () => {
    const fault = "projection 'lights': a document needs an 'id' that is text"
    expect(projectionFaults({ schema: z.object({ total: z.int() }) })).toEqual([fault])
    expect(projectionFaults({ schema: z.object({ id: z.int() }) })).toEqual([fault])
    expect(projectionFaults({ schema: z.array(z.string()) })).toEqual([fault])
  })

  test('has indexes on fields of its documents that can be compared', () => {
    const wide = schema.extend({
      tags: z.array(z.string()),
      either: z.union([z.string(), z.int()]),
      status: z.enum(['on', 'off']),
      since: z.string().nullable(),
      watts: z.number().optional(),
      broken: z.boolean(),
      age: z.union([z.literal(1), z.literal(2), z.null()]),
    })
    const indexes = ['status', 'since', 'watts', 'broken', 'age', 'id']
    expect(projectionFaults({ schema: wide, indexes })).toEqual([])
    expect(projectionFaults({ schema: wide, indexes: ['nowhere', 'constructor', 'tags', 'either'] })).toEqual([
      "projection 'lights': the index 'nowhere' is not a field of its documents",
      "projection 'lights': the index 'constructor' is not a field of its documents",
      "projection 'lights': the index 'tags' has to hold text, numbers or booleans",
      "projection 'lights': the index 'either' has to hold text, numbers or booleans",
    ])
  })
})

describe('a policy', () => {
  test('is called in kebab-case, and reacts to events that there are', () => {
    const made = policy('Switch').on(Lamp, { Lost: () => undefined, valueOf: () => undefined } as object)
    expect(faultsOf({ policies: [made as AnyPolicy] })).toEqual([
      "policy 'Switch': names are written in kebab-case, such as 'box-office'",
      "policy 'Switch': reacts to 'Lost', which is not an event of the aggregate 'lamp'",
      "policy 'Switch': reacts to 'valueOf', which is not an event of the aggregate 'lamp'",
    ])
  })

  test.each([
    [
      { timeout: 'soon' },
      "timeout: 'soon' is no duration: write a number and ms, seconds, minutes, hours or days, such as '15 minutes'",
    ],
    [{ timeout: '0 seconds' }, 'timeout: it has to be longer than nothing'],
    [{ attempts: 0 }, 'attempts is 0: it has to be a whole number from 1'],
    [{ attempts: 1.5 }, 'attempts is 1.5: it has to be a whole number from 1'],
  ])('does not try %j', (options, fault) => {
    expect(faultsOf({ policies: [policy('switch', options as object)] })).toEqual([`policy 'switch': ${fault}`])
  })

  test('has one handler for an event', () => {
    const made = policy('switch').on(Lamp, { Lit: () => undefined })
    expect(faultsOf({ policies: [made.on(Lamp, { Lit: () => undefined })] })).toEqual([
      "policy 'switch': reacts twice to 'Lit' of the aggregate 'lamp': put both into one handler",
    ])
  })

  test('has a name that no projection has', () => {
    const lit = projection('lit', { schema: z.object({ id: z.string() }) }).upsert(Lamp, {
      Lit: (_, { aggregateId: id }) => ({ id }),
    })
    expect(faultsOf({ projections: [lit], policies: [policy('lit')] })).toEqual([
      "policy 'lit': a projection has this name: each needs one of its own",
    ])
  })

  test('calls services of which there is one of a name', () => {
    const calling = (name: string) => policy(name, { services: { relay: service('relay') } })
    expect(faultsOf({ policies: [calling('a'), calling('b')] })).toEqual(["service 'relay': this name is used twice"])
  })
})
