import {
  type GraphQLArgument,
  type GraphQLInputType,
  GraphQLNonNull,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type GraphQLUnionType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql'

/** Choices that were made beforehand: the same ones make the same query and the same values. */
export class Choices {
  readonly #made: readonly number[]
  #next = 0

  constructor(made: readonly number[]) {
    this.#made = made
  }

  below(count: number): number {
    return (this.#made[this.#next++] ?? 0) % count
  }

  of<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)] as Value
  }

  /** True once in so many times. */
  once(times: number): boolean {
    return this.below(times) === times - 1
  }
}

export interface ChosenQuery {
  readonly text: string
  readonly variables: Record<string, unknown>
  /** Whether a union is asked for, or a root field that cannot be null. */
  readonly isForGraphql: boolean
}

/** A query for a schema: aliases, repeated and merged fields, fragments, literals and variables that may be wrong. */
export function chooseQuery(schema: GraphQLSchema, choices: Choices): ChosenQuery {
  return new QueryWriter(schema, choices).write()
}

const DEEPEST = 4

class QueryWriter {
  readonly #schema: GraphQLSchema
  readonly #choices: Choices
  readonly #definitions: string[] = []
  readonly #fragments: string[] = []
  readonly #variables: Record<string, unknown> = {}
  /** Of root fields by their names: fields of one name are one, so they have the same arguments. */
  readonly #arguments = new Map<string, string>()
  #isForGraphql = false

  constructor(schema: GraphQLSchema, choices: Choices) {
    this.#schema = schema
    this.#choices = choices
  }

  write(): ChosenQuery {
    const selection = this.#selectionOf(this.#schema.getQueryType() as GraphQLObjectType, 0)
    const variables = this.#definitions.length > 0 ? ` (${this.#definitions.join(', ')})` : ''
    const text = [`query${variables} ${selection}`, ...this.#fragments].join('\n')
    return { text, variables: this.#variables, isForGraphql: this.#isForGraphql }
  }

  #selectionOf(type: GraphQLObjectType, depth: number): string {
    const selections = Array.from({ length: 1 + this.#choices.below(4) }, () => this.#selection(type, depth))
    return `{ ${selections.join(' ')} }`
  }

  #selection(type: GraphQLObjectType, depth: number): string {
    switch (this.#choices.below(10)) {
      case 0:
        return '__typename'
      case 1:
        return depth > DEEPEST ? '__typename' : `... on ${type.name} ${this.#selectionOf(type, depth + 1)}`
      case 2:
        return depth > DEEPEST ? '__typename' : `...${this.#fragmentOn(type, depth)}`
      default:
        return this.#field(type, depth)
    }
  }

  #fragmentOn(type: GraphQLObjectType, depth: number): string {
    const selection = this.#selectionOf(type, depth + 1)
    const name = `f${this.#fragments.length}`
    this.#fragments.push(`fragment ${name} on ${type.name} ${selection}`)
    return name
  }

  #field(type: GraphQLObjectType, depth: number): string {
    const { name, args, type: wanted } = this.#choices.of(Object.values(type.getFields()))
    const answer = this.#choices.of(['', '', `${name}_a`, `${name}_b`])
    const below = this.#below(wanted, depth)
    if (below === undefined) return '__typename'
    if (type === this.#schema.getQueryType() && isNonNullType(wanted)) this.#isForGraphql = true
    const key = `${type.name}.${answer || name}`
    const given = this.#arguments.get(key) ?? this.#argumentsOf(args)
    this.#arguments.set(key, given)
    return `${answer && `${answer}: `}${name}${given}${below}`
  }

  #below(wanted: GraphQLOutputType, depth: number): string | undefined {
    const type = getNamedType(wanted)
    if (depth > DEEPEST && (isObjectType(type) || isUnionType(type))) return undefined
    if (isObjectType(type)) return ` ${this.#selectionOf(type, depth + 1)}`
    return isUnionType(type) ? this.#unionOf(type, depth) : ''
  }

  #unionOf(union: GraphQLUnionType, depth: number): string {
    this.#isForGraphql = true
    const type = this.#choices.of(union.getTypes())
    return ` { __typename ... on ${type.name} ${this.#selectionOf(type, depth + 1)} }`
  }

  #argumentsOf(args: readonly GraphQLArgument[]): string {
    const given = args.filter(({ type }) => isNonNullType(type) || this.#choices.once(3))
    const texts = given.map(({ name, type }) => `${name}: ${this.#input(type)}`)
    return texts.length > 0 ? `(${texts.join(', ')})` : ''
  }

  #input(type: GraphQLInputType): string {
    return this.#choices.below(2) === 0 ? this.#variable(type) : this.#literal(type)
  }

  #variable(type: GraphQLInputType): string {
    const name = this.#choices.once(30) ? '__proto__' : `v${this.#definitions.length}`
    if (this.#definitions.some((definition) => definition.startsWith(`$${name}:`))) return this.#literal(type)
    const nullable = getNullableType(type)
    const required = new GraphQLNonNull(nullable)
    const otherwise = ` = ${this.#literal(required, 'constant')}`
    const declared = this.#choices.of([`${type}`, `${required}`, `${nullable}${otherwise}`, `${required}${otherwise}`])
    this.#definitions.push(`$${name}: ${declared}`)
    const value = this.#choices.of<unknown>([...RIGHT, ...RIGHT, null, 'none', true, [], { gte: '1' }, undefined])
    if (value !== undefined && name !== '__proto__') this.#variables[name] = this.#valueFor(type, value)
    return `$${name}`
  }

  /** The value itself if it is a wrong one, else one that is right for the type. */
  #valueFor(type: GraphQLInputType, value: unknown): unknown {
    if (!RIGHT.includes(value)) return value
    const nullable = getNullableType(type)
    if (isListType(nullable)) return [this.#valueFor(nullable.ofType, value)]
    if (isEnumType(nullable)) return this.#choices.of(nullable.getValues()).name
    if (!isInputObjectType(nullable)) return nullable.name === 'Int' ? this.#choices.below(50) : value
    const fields = Object.values(nullable.getFields()).filter((field) => isNonNullType(field.type))
    return Object.fromEntries(fields.map((field) => [field.name, this.#valueFor(field.type, value)]))
  }

  #literal(type: GraphQLInputType, isConstant?: 'constant'): string {
    if (!isNonNullType(type) && this.#choices.once(8)) return 'null'
    const nullable = getNullableType(type)
    if (isListType(nullable)) {
      return `[${isConstant ? this.#literal(nullable.ofType, isConstant) : this.#input(nullable.ofType)}]`
    }
    if (isEnumType(nullable)) return this.#choices.of(nullable.getValues()).name
    if (!isInputObjectType(nullable)) return LITERALS[nullable.name] ?? '"1"'
    const fields = Object.values(nullable.getFields()).filter(
      (field) => isNonNullType(field.type) || this.#choices.once(2),
    )
    return `{ ${fields.map((field) => `${field.name}: ${this.#literal(field.type, isConstant)}`).join(', ')} }`
  }
}

const RIGHT: readonly unknown[] = ['1', '2']
const LITERALS: Readonly<Record<string, string>> = { Int: '7', Float: '0.5', Boolean: 'true', JSON: '{ a: [1, "b"] }' }

/** A value for a type: mostly one that is right, sometimes none, and sometimes one of a wrong kind. */
export function chooseValue(type: GraphQLOutputType, choices: Choices, depth = 0): unknown {
  if (depth > DEEPEST || choices.once(10)) return null
  if (choices.once(20)) return choices.of(oddities)()
  const value = rightValue(type, choices, depth)
  // Where null may be, nothing is thrown: graphql leaves promises alone whose siblings have thrown.
  return !isNonNullType(type) && choices.once(40) ? Promise.resolve(value) : value
}

const oddities: readonly (() => unknown)[] = [
  () => undefined,
  () => new Error('odd'),
  () => () => 'made when it is asked for',
  () => 12,
  () => Number.NaN,
  () => 'text',
  () => ({}),
  () => [],
  () => new Set(['1']),
  () => ({ valueOf: () => 'a value' }),
]

function rightValue(type: GraphQLOutputType, choices: Choices, depth: number): unknown {
  const nullable = getNullableType(type)
  if (isListType(nullable)) {
    return Array.from({ length: choices.below(3) }, () => chooseValue(nullable.ofType, choices, depth))
  }
  if (isUnionType(nullable)) return objectOf(choices.of(nullable.getTypes()), choices, depth)
  if (isObjectType(nullable)) return objectOf(nullable, choices, depth)
  if (isEnumType(nullable)) return choices.of(nullable.getValues()).value
  return scalarValues[getNamedType(type).name] ?? 'a text'
}

function objectOf(type: GraphQLObjectType, choices: Choices, depth: number): object {
  const fields = Object.values(type.getFields())
  const values = fields.map((field) => [field.name, chooseValue(field.type, choices, depth + 1)])
  return { __typename: type.name, ...Object.fromEntries(values) }
}

const scalarValues: Readonly<Record<string, unknown>> = { Int: 3, Float: 1.5, Boolean: false, JSON: { any: ['thing'] } }
