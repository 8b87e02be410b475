import type { Kind } from './kind.ts'
import { type Field, fieldsOf, type Identity, opened, type Place, within } from './place.ts'

type Union = Extract<Kind, { kind: 'union' }>
type Merged = Extract<Kind, { kind: 'object' }>

/** Objects of several kinds that one field tells apart; undefined if none does. */
export function unionOf(alternatives: readonly Place[], identity: Identity): Union | undefined {
  const objects = alternatives.map(opened)
  const [first] = objects
  if (!first) return undefined
  for (const { name } of fieldsOf(first)) {
    const values = objects.map((place) => constantOf(place, name))
    if (values.every((value) => value !== undefined) && new Set(values).size === values.length) {
      const variants = new Map(values.map((value, index) => [value, alternatives[index] as Place]))
      return { kind: 'union', discriminator: name, variants, identity }
    }
  }
  return undefined
}

function constantOf(place: Place, name: string): string | undefined {
  const field = fieldsOf(place).find((each) => each.name === name)
  const constant = field?.place.schema.const
  return field?.isRequired && typeof constant === 'string' ? constant : undefined
}

/** One object with the fields of all, required where all require them; undefined if not all are objects. */
export function mergedObject(alternatives: readonly Place[], identity: Identity): Merged | undefined {
  const objects = alternatives.map((place) => fieldsOf(opened(place)))
  if (objects.some((fields) => fields.length === 0)) return undefined
  const byName = Map.groupBy(objects.flat(), ({ name }) => name)
  const fields = Array.from(byName.values(), (same) => mergedField(same, objects.length, identity))
  return { kind: 'object', fields, identity }
}

function mergedField(same: readonly Field[], count: number, { key }: Identity): Field {
  const [{ name, place }] = same as [Field]
  const schemas = new Map(same.map((field) => [JSON.stringify(field.place.schema), field.place.schema]))
  const constants = same.map((field) => field.place.schema.const)
  const schema = constants.every((constant) => typeof constant === 'string')
    ? { type: 'string', enum: [...new Set(constants)] }
    : { anyOf: [...schemas.values()] }
  return {
    name,
    place: schemas.size === 1 ? place : { ...place, schema, at: within(key, name) },
    isRequired: same.length === count && same.every(({ isRequired }) => isRequired),
  }
}
