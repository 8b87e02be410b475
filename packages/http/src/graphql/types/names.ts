import { pascalCase } from '../../openapi/words.ts'

const NAME = /^[A-Za-z][_0-9A-Za-z]*$/
const NO_ENUM_VALUES = new Set(['true', 'false', 'null'])

/** A field or argument as GraphQL can call it: `first-name` becomes `first_name`. */
export function fieldName(name: string): string {
  if (NAME.test(name)) return name
  const plain = name.replace(/[^_0-9A-Za-z]/g, '_').replace(/^_+/, '')
  return /^[A-Za-z]/.test(plain) ? plain : `field_${plain}`
}

/** A type, by the words that describe it: `order`, `coffee`. */
export function typeName(...words: readonly string[]): string {
  const name = words.map(pascalCase).join('')
  return /^[A-Za-z]/.test(name) ? name : `Type${name}`
}

/**
 * The names of an enum's values, each beside its value; undefined if they cannot all have one of their own.
 *
 * @example 'on-sale' is called on_sale
 */
export function enumNames(values: readonly unknown[]): ReadonlyMap<string, string> | undefined {
  const texts = values.filter((value) => value !== null)
  if (texts.length === 0 || !texts.every((value) => typeof value === 'string')) return undefined
  const names = new Map(texts.map((value) => [enumName(value), value]))
  return names.size === texts.length && [...names.keys()].every(isGood) ? names : undefined
}

function enumName(value: string): string {
  const plain = value.replace(/[^_0-9A-Za-z]/g, '_')
  return /^[0-9]/.test(plain) ? `_${plain}` : plain
}

const isGood = (name: string): boolean => /^_?[A-Za-z0-9]/.test(name) && !NO_ENUM_VALUES.has(name)
