import type { AnyAggregate } from './aggregate.ts'
import type { AnyCommandDefinition } from './command.ts'
import { type Duration, milliseconds } from './duration.ts'
import type { Report } from './faults.ts'
import type { AnyPolicy } from './policy.ts'
import type { AnyProjection } from './projection.ts'
import { fieldsOf, scalarTypeOf, whyNotJson } from './schema.ts'

const AGGREGATE_NAME = /^[a-z][a-zA-Z0-9]*$/
const KEBAB_NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
const OWN_CONTEXT = new Set(['id', 'now', 'newId'])

/** Reports a name that is not in kebab-case. */
export function checkName(where: string, name: string, report: Report): void {
  if (!KEBAB_NAME.test(name)) report(where, "names are written in kebab-case, such as 'box-office'")
}

/** Reports what is wrong with an aggregate. */
export function checkAggregate(aggregate: AnyAggregate, report: Report): void {
  const where = `aggregate '${aggregate.name}'`
  if (!AGGREGATE_NAME.test(aggregate.name)) report(where, "a name is one word in camelCase, such as 'concert'")
  for (const [type, schema] of Object.entries(aggregate.events)) {
    const why = whyNotJson(schema as never, 'output')
    if (why) report(`${where}, event '${type}'`, why)
    if (!aggregate.evolves.has(type)) report(`${where}, event '${type}'`, 'has no evolve handler')
  }
  for (const type of aggregate.evolves) {
    if (!Object.hasOwn(aggregate.events, type))
      report(where, `evolve handles '${type}', which is not one of its events`)
  }
  for (const [index, type] of aggregate.public.entries()) {
    if (!Object.hasOwn(aggregate.events, type)) report(where, `public names '${type}', which is not one of its events`)
    if (aggregate.public.indexOf(type) < index) report(where, `public names '${type}' twice`)
  }
  for (const [name, definition] of Object.entries(aggregate.definitions)) {
    checkCommand(`${where}, command '${name}'`, definition, report)
  }
  if (aggregate.snapshot) {
    const why = whyNotJson(aggregate.snapshot.schema, 'output')
    if (why) report(`${where}, snapshot`, why)
  }
}

function checkCommand(where: string, definition: AnyCommandDefinition, report: Report): void {
  const why = whyNotJson(definition.input, 'input')
  if (why) report(where, why)
  const fields = fieldsOf(definition.input) ?? {}
  for (const [name, { idField }] of Object.entries({ ...definition.reads, ...definition.writes })) {
    if (OWN_CONTEXT.has(name)) report(where, `'${name}' is already part of the context: call the aggregate otherwise`)
    const source = `'${name}' takes its id from '${idField}'`
    const field = Object.hasOwn(fields, idField) ? fields[idField] : undefined
    if (!field) report(where, `${source}, which is not a field of the input`)
    else if (scalarTypeOf(field) !== 'string') report(where, `${source}, which is no text`)
  }
  for (const name of Object.keys(definition.reads ?? {})) {
    if (definition.writes && Object.hasOwn(definition.writes, name))
      report(where, `'${name}' stands in both reads and writes`)
  }
}

/** Reports what is wrong with a projection. */
export function checkProjection(projection: AnyProjection, report: Report): void {
  const where = `projection '${projection.name}'`
  checkName(where, projection.name, report)
  const why = whyNotJson(projection.schema, 'output')
  const fields = fieldsOf(projection.schema) ?? {}
  if (why) report(where, why)
  else checkFields(where, projection, fields, report)
  if (projection.handlers.length === 0) report(where, 'handles no event')
  else if (!projection.handlers.some(({ kind }) => kind === 'create' || kind === 'upsert')) {
    report(where, 'never makes a document: it needs a create or an upsert')
  }
  for (const { aggregate, eventType } of projection.handlers) {
    if (!Object.hasOwn(aggregate.events, eventType)) {
      report(where, `handles '${eventType}', which is not an event of the aggregate '${aggregate.name}'`)
    }
  }
}

function checkFields(where: string, projection: AnyProjection, fields: ReturnType<typeof fieldsOf>, report: Report) {
  if (!fields?.id || scalarTypeOf(fields.id) !== 'string') report(where, "a document needs an 'id' that is text")
  for (const index of projection.indexes) {
    const field = fields && Object.hasOwn(fields, index) ? fields[index] : undefined
    if (!field) report(where, `the index '${index}' is not a field of its documents`)
    else if (!scalarTypeOf(field)) report(where, `the index '${index}' has to hold text, numbers or booleans`)
  }
}

/** Reports what is wrong with a policy. */
export function checkPolicy(policy: AnyPolicy, report: Report): void {
  const where = `policy '${policy.name}'`
  checkName(where, policy.name, report)
  const why = whyNoTimeout(policy.timeout)
  if (why) report(where, `timeout: ${why}`)
  if (!Number.isInteger(policy.attempts) || policy.attempts < 1) {
    report(where, `attempts is ${policy.attempts}: it has to be a whole number from 1`)
  }
  const seen = new Set<string>()
  for (const { aggregate, eventType } of policy.handlers) {
    const event = `'${eventType}' of the aggregate '${aggregate.name}'`
    if (seen.has(event)) report(where, `reacts twice to ${event}: put both into one handler`)
    seen.add(event)
    if (!Object.hasOwn(aggregate.events, eventType)) {
      report(where, `reacts to '${eventType}', which is not an event of the aggregate '${aggregate.name}'`)
    }
  }
}

function whyNoTimeout(timeout: Duration): string | undefined {
  try {
    return milliseconds(timeout) > 0 ? undefined : 'it has to be longer than nothing'
  } catch (error) {
    return (error as RangeError).message
  }
}
