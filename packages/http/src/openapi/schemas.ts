import type { Json } from './json.ts'
import { freeName, pascalCase } from './words.ts'

/** Keywords whose values are data, not schemas. */
const DATA = new Set(['const', 'default', 'enum', 'example', 'examples'])

/** Keywords whose values are schemas by name. */
const BY_NAME = new Set(['properties', 'patternProperties', 'dependentSchemas'])

/**
 * The named schemas of a document.
 *
 * 1. A name stands for one schema; another schema of that name gets a number behind it.
 * 2. References inside a schema (`#`, `#/$defs/…`) become references to named schemas.
 * 3. Patterns beside a format (Zod spells out what an e-mail address is) are left out: the format says it for people.
 */
export class Schemas {
  readonly #schemas = new Map<string, Json>()
  readonly #sources = new Map<string, string>()

  /** Adds a schema, and answers a reference to it. One that its author named keeps that name. */
  add(wanted: string, schema: Json): Json {
    if (isNamed(schema)) return this.inline(schema)
    const name = this.#reserve(wanted, schema)
    this.#schemas.set(name, this.#resolve(schema, name))
    return reference(name)
  }

  /** A schema to be written in place: only what it names itself is added. */
  inline(schema: Json): Json {
    return this.#resolve(schema, undefined)
  }

  toJson(): Json {
    return Object.fromEntries([...this.#schemas].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  #reserve(wanted: string, schema: Json): string {
    const source = JSON.stringify(schema)
    const name = freeName([wanted], (taken) => (this.#sources.get(taken) ?? source) !== source)
    this.#sources.set(name, source)
    return name
  }

  #resolve({ $schema: _, $defs, ...root }: Json, self: string | undefined): Json {
    const definitions = Object.entries(($defs ?? {}) as Record<string, Json>)
    const targets = new Map<string, string>()
    if (self !== undefined) targets.set('#', reference(self).$ref)
    for (const [key, definition] of definitions) {
      const name = key.startsWith('__') ? `${self ?? ''}${pascalCase(key)}` : pascalCase(key)
      targets.set(`#/$defs/${key}`, reference(this.#reserve(name, definition)).$ref)
    }
    for (const [key, definition] of definitions) {
      const name = targets.get(`#/$defs/${key}`)?.split('/').at(-1) as string
      this.#schemas.set(name, redirect(definition, targets) as Json)
    }
    return redirect(root, targets) as Json
  }
}

function isNamed({ $schema: _, $defs: _defs, ...root }: Json): boolean {
  return '$ref' in root && Object.keys(root).length === 1
}

function reference(name: string): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${name}` }
}

type Targets = ReadonlyMap<string, string>

/** Replaces the targets of references, everywhere but in data. */
function redirect(part: unknown, targets: Targets): unknown {
  if (Array.isArray(part)) return part.map((item) => redirect(item, targets))
  if (typeof part !== 'object' || part === null) return part
  const { pattern, ...others } = part as Json
  const kept = typeof pattern === 'string' && 'format' in others ? others : part
  return mapEntries(kept, (value, key) => redirectKeyword(key, value, targets))
}

function redirectKeyword(keyword: string, value: unknown, targets: Targets): unknown {
  if (keyword === '$ref') return targets.get(value as string) ?? value
  if (DATA.has(keyword)) return value
  return BY_NAME.has(keyword)
    ? mapEntries(value as Json, (schema) => redirect(schema, targets))
    : redirect(value, targets)
}

function mapEntries(record: object, change: (value: unknown, key: string) => unknown): object {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]))
}
