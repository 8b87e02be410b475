import { LocalCloudError } from '../errors.ts'

/** What the functions of a template refer to. */
export interface Scope {
  /** Parameters, pseudo parameters and resources. */
  ref(name: string): unknown
  attribute(resource: string, name: string): unknown
  condition(name: string): boolean
  mapping(name: string, first: string, second: string): unknown
  imported(name: string): unknown
}

type Intrinsic = (argument: unknown, scope: Scope) => unknown

/** What stands for a property that is left away. */
const noValue = Symbol('AWS::NoValue')

/**
 * Works out the value of a part of a template.
 *
 * @throws LocalCloudError that names a function which is not known
 */
export function evaluate(part: unknown, scope: Scope): unknown {
  const value = resolved(part, scope)
  return value === noValue ? undefined : value
}

function resolved(part: unknown, scope: Scope): unknown {
  if (Array.isArray(part)) return part.map((each) => resolved(each, scope)).filter((each) => each !== noValue)
  if (typeof part !== 'object' || part === null) return part
  const entries = Object.entries(part)
  const [[name, argument] = ['', undefined]] = entries
  if (entries.length === 1 && isIntrinsic(name)) return call(name, argument, scope)
  const evaluated = entries.map(([key, each]) => [key, resolved(each, scope)] as const)
  return Object.fromEntries(evaluated.filter(([, each]) => each !== noValue))
}

function isIntrinsic(name: string): boolean {
  return name === 'Ref' || name === 'Condition' || name.startsWith('Fn::')
}

function call(name: string, argument: unknown, scope: Scope): unknown {
  // A policy statement has a key of this name, too.
  if (name === 'Condition' && typeof argument !== 'string') return { Condition: resolved(argument, scope) }
  const intrinsic = intrinsics[name]
  if (!intrinsic) throw new LocalCloudError(`The template uses ${name}, which a local cloud does not know.`)
  return intrinsic(argument, scope)
}

const list = (argument: unknown, scope: Scope): unknown[] => {
  const value = resolved(argument, scope)
  return Array.isArray(value) ? value : [value]
}
const texts = (argument: unknown, scope: Scope): string[] => list(argument, scope).map(String)
const isTrue = (argument: unknown, scope: Scope): boolean => resolved(argument, scope) === true

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, scope) => (name === 'AWS::NoValue' ? noValue : scope.ref(String(name))),
  Condition: (name, scope) => scope.condition(String(name)),
  'Fn::GetAtt': (argument, scope) => {
    const [resource = '', ...attribute] = typeof argument === 'string' ? argument.split('.') : texts(argument, scope)
    return scope.attribute(resource, attribute.join('.'))
  },
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = argument as [string, unknown]
    return texts(parts, scope).join(separator)
  },
  'Fn::Sub': substitute,
  'Fn::Select': (argument, scope) => {
    const [index, from] = argument as [unknown, unknown]
    return list(from, scope)[Number(resolved(index, scope))]
  },
  'Fn::Split': (argument, scope) => {
    const [separator, text] = argument as [string, unknown]
    return String(resolved(text, scope)).split(separator)
  },
  'Fn::If': (argument, scope) => {
    const [condition, then, otherwise] = argument as [string, unknown, unknown]
    return resolved(scope.condition(condition) ? then : otherwise, scope)
  },
  'Fn::Equals': (argument, scope) => {
    const [one, other] = list(argument, scope)
    return String(one) === String(other)
  },
  'Fn::Not': (argument, scope) => !(argument as unknown[]).some((each) => isTrue(each, scope)),
  'Fn::And': (argument, scope) => (argument as unknown[]).every((each) => isTrue(each, scope)),
  'Fn::Or': (argument, scope) => (argument as unknown[]).some((each) => isTrue(each, scope)),
  'Fn::FindInMap': (argument, scope) => {
    const [map = '', first = '', second = ''] = texts(argument, scope)
    return scope.mapping(map, first, second)
  },
  'Fn::ImportValue': (argument, scope) => scope.imported(String(resolved(argument, scope))),
  'Fn::Base64': (argument, scope) => Buffer.from(String(resolved(argument, scope))).toString('base64'),
  'Fn::GetAZs': (_, scope) => ['a', 'b', 'c'].map((zone) => `${scope.ref('AWS::Region')}${zone}`),
  'Fn::Cidr': (argument, scope) =>
    Array.from({ length: Number(list(argument, scope)[1]) }, (_, at) => `10.0.${at}.0/24`),
}

function substitute(argument: unknown, scope: Scope): string {
  const [text, given] = Array.isArray(argument)
    ? (argument as [string, Record<string, unknown>])
    : [String(argument), {}]
  return text.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`
    if (name in given) return String(resolved(given[name], scope))
    const dot = name.indexOf('.')
    return String(dot === -1 ? scope.ref(name) : scope.attribute(name.slice(0, dot), name.slice(dot + 1)))
  })
}
