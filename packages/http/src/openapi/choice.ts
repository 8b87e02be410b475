import type { ChoiceEntry } from 'weir'
import { inputSchema, withField } from './input.ts'
import type { Json } from './json.ts'
import { jsonBody } from './responses.ts'
import type { Schemas } from './schemas.ts'
import { pascalCase } from './words.ts'

/** The body of a route that chooses its command: one of what the commands take, told apart by a field's value. */
export function choiceBody({ field, choices }: ChoiceEntry, operationId: string, schemas: Schemas): Json {
  const name = `${pascalCase(operationId)}Input`
  const variants = Array.from(choices, ([value, entry]) => [
    value,
    withField(inputSchema(entry), field, { const: value }),
  ])
  if (variants.length === 1) return jsonBody(schemas.add(name, variants[0]?.[1] as Json), true)
  const references = variants.map(([value, schema]) => [
    value,
    schemas.add(name + pascalCase(String(value).toLowerCase()), schema as Json),
  ])
  const mapping = Object.fromEntries(references.map(([value, reference]) => [value, (reference as Json).$ref]))
  const oneOf = references.map(([, reference]) => reference)
  return jsonBody(schemas.add(name, { oneOf, discriminator: { propertyName: field, mapping } }), true)
}
