import type { Json } from './json.ts'
import { freeName, pascalCase } from './words.ts'

/** Keywords whose values are data, not schemas. */
const DATA = new Set(['const', 'default', 'enum', 'example', 'examples'])

/**
 * The named schemas of a document.
 *
 * 1. A name stands for one schema; another schema of that name gets a number behind it.
 * 2. References inside a schema (`#`, `#/$defs/…`) become references to named schemas.
 */
export class Schemas {
  readonly #schemas = new Map<string, Json>()
  readonly #sources = new Map<string, string>()

  /** Adds a schema, and answers a reference to it. */
  add(wanted: string, schema: Json): Json {
    const source = JSON.stringify(schema)
    if (this.#sources.get(wanted) === source) return reference(wanted)
    const name = this.#reserve(wanted, source)
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

  #reserve(wanted: string, source: string): string {
    const name = freeName([wanted], (taken) => this.#sources.has(taken))
    this.#sources.set(name, source)
    return name
  }

  #resolve(schema: Json, self: string | undefined): Json {
    const { $schema: _, $defs: definitions = {}, ...root } = schema
    const targets = new Map<string, unknown>()
    if (self !== undefined) targets.set('#', reference(self).$ref)
    const added = Object.entries(definitions as Record<string, Json>).map(([key, { id, ...definition }]) => {
      const base = typeof id === 'string' ? id : `${self ?? ''}${key}`
      const name = this.#reserve(pascalCase(base), JSON.stringify(definition))
      targets.set(`#/$defs/${key}`, reference(name).$ref)
      return { name, definition }
    })
    for (const { name, definition } of added) this.#schemas.set(name, redirect(definition, targets) as Json)
    return redirect(root, targets) as Json
  }
}

function reference(name: string): Json {
  return { $ref: `#/components/schemas/${name}` }
}

/** Replaces the targets of references, everywhere but in data. */
function redirect(part: unknown, targets: ReadonlyMap<string, unknown>): unknown {
  if (Array.isArray(part)) return part.map((item) => redirect(item, targets))
  if (typeof part !== 'object' || part === null) return part
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => {
      if (key === '$ref' && typeof value === 'string') return [key, targets.get(value) ?? value]
      return [key, DATA.has(key) ? value : redirect(value, targets)]
    }),
  )
}
