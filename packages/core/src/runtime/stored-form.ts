/**
 * What a document is after it was stored: what `JSON.parse(JSON.stringify(value))` gives, for what JSON holds without
 * writing it; frozen, as it is handed to handlers again, and sharing nothing with the value.
 *
 * @throws TypeError when JSON cannot hold it
 */
export function storedForm(value: unknown): unknown {
  return formOf(value, 0)
}

/** Deeper than any document is: there a cycle is likely, which `JSON.stringify` tells of. */
const DEEPEST = 100

function formOf(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      // There is no -0 in JSON as it is written.
      return Number.isFinite(value) ? value + 0 : null
    case 'undefined':
      return undefined
    case 'object':
      if (value === null) return null
      if (depth < DEEPEST && Array.isArray(value)) return arrayForm(value, depth)
      if (depth < DEEPEST && isPlain(value)) return objectForm(value, depth)
  }
  return rewritten(value)
}

function arrayForm(value: readonly unknown[], depth: number): unknown {
  const form: unknown[] = []
  // By index, as JSON is written: also what is missing has its place.
  for (let index = 0; index < value.length; index += 1) form.push(formOf(value[index], depth + 1) ?? null)
  return Object.freeze(form)
}

function objectForm(value: object, depth: number): unknown {
  const form: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    if (key === 'toJSON') return rewritten(value)
    const property = formOf(value[key as never], depth + 1)
    if (property === undefined) continue
    if (key === '__proto__') Object.defineProperty(form, key, { value: property, enumerable: true })
    else form[key] = property
  }
  return Object.freeze(form)
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function rewritten(value: unknown): unknown {
  const text: string | undefined = JSON.stringify(value)
  return text === undefined ? undefined : frozen(JSON.parse(text))
}

function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  for (const property of Object.values(value)) frozen(property)
  return Object.freeze(value)
}

/** A stored document, as handlers may see it. */
export function storedDocument(text: string): object {
  return frozen(JSON.parse(text)) as object
}

/**
 * Where a value without cycles would come back from JSON as something else, such as `input.at` of a `Date`; undefined when
 * nowhere. A property that is undefined may be missing.
 *
 * @param path what the value itself is called
 */
export function changedByJson(value: unknown, path: string): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return undefined
    case 'number':
      return Number.isFinite(value) ? undefined : path
    case 'object':
      if (value === null) return undefined
      if (Array.isArray(value) || isPlain(value)) return changedWithin(value, path)
  }
  return path
}

function changedWithin(container: object, path: string): string | undefined {
  for (const [name, value] of Object.entries(container)) {
    const place = `${path}.${name}`
    const changed = value === undefined && Array.isArray(container) ? place : changedByJson(value, place)
    if (changed !== undefined) return changed
  }
  return undefined
}
