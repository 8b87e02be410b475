import { isAbsolute } from 'node:path'
import { show } from '../apps/locate.ts'
import type { MadeKeys } from '../keys.ts'
import { paint } from './pretty.ts'

/** What was started and where it is. */
export interface StartedAt {
  readonly version: string
  readonly url: string
  readonly apps: readonly { readonly name: string; readonly base: string }[]
  /** The folder as an absolute path, like that of the keys; or where the database is. */
  readonly data: string
  /** Whether it folds projections and runs policies, too. */
  readonly works: boolean
  /** Whether it shows pages of the applications' own at its root, and those of the console. */
  readonly hasPages: boolean
  readonly hasConsole: boolean
  /** Keys that were made up for this folder, if any. */
  readonly keys: MadeKeys | undefined
  /** What else there is to say, before the keys. */
  readonly more?: readonly Row[]
  /** From the start of the process to the first answer that it could give. */
  readonly milliseconds: number
}

const answersOnly = 'answers requests only; projections and policies need a process that works, such as weir work'

const worksOnly = 'folds projections and runs policies only; requests are answered by others, such as weir start'

type Row = readonly [label: string, value: string]

/** What works on applications without serving them. */
export interface WorkingOn extends Pick<StartedAt, 'version' | 'data' | 'keys' | 'milliseconds'> {
  readonly apps: readonly string[]
  /** Where health and operations are, if it listens. */
  readonly url: string | undefined
}

/** The block that people see in their terminal when everything runs. */
export function banner(started: StartedAt): string {
  const { version, url, apps, data, works, keys, milliseconds, hasPages, hasConsole, more = [] } = started
  const title = `  ${paint('bold', `Weir ${version}`)} ready in ${milliseconds} ms. Ctrl+C stops it.`
  return block(title, [
    ...(hasPages ? [['pages', `${url}/`] as const] : []),
    ...apps.flatMap(({ name, base }): Row[] => [
      [name, url + base],
      ['  docs', `${url}${base}/docs`],
      ['  openapi', `${url}${base}/openapi.json`],
      ['  graphql', `${url}${base}/graphql`],
    ]),
    ...serverRows(url),
    ...(hasConsole ? [['console', `${url}/console/`] as const] : []),
    ['data', shown(data)],
    ...(works ? [] : [['does', answersOnly] as const]),
    ...more.map(([label, value]): Row => [label, shown(value)]),
    ...keyRows(keys),
  ])
}

/** The same of what only works. */
export function workBanner({ version, url, apps, data, keys, milliseconds }: WorkingOn): string {
  const title = `  ${paint('bold', `Weir ${version}`)} working after ${milliseconds} ms. Ctrl+C stops it.`
  return block(title, [
    ...apps.map((name): Row => [name, 'projections and policies']),
    ['does', worksOnly],
    ...(url === undefined ? [] : serverRows(url)),
    ['data', shown(data)],
    ...keyRows(keys),
  ])
}

function serverRows(url: string): Row[] {
  return [
    ['health', `${url}/health`],
    ['operations', `${url}/ops/docs`],
  ]
}

function block(title: string, rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([label]) => label.length)) + 3
  const lines = rows.map(([label, value]) => `  ${labelled(label, width)}${paintValue(value)}`)
  return ['', title, '', ...lines, '', ''].join('\n')
}

function keyRows(keys: MadeKeys | undefined): Row[] {
  if (!keys) return []
  const { path, apiKey, operatorKey } = keys
  return [
    ['keys', show(path)],
    ...(apiKey === undefined ? [] : [['  x-api-key', apiKey] as const]),
    ...(operatorKey === undefined ? [] : [['  x-operator-key', operatorKey] as const]),
  ]
}

function shown(data: string): string {
  return isAbsolute(data) ? show(data) : data
}

function labelled(label: string, width: number): string {
  const padded = label.padEnd(width)
  return label.startsWith(' ') ? paint('gray', padded) : paint('bold', padded)
}

function paintValue(value: string): string {
  return value.startsWith('http') ? paint('cyan', value) : value
}

/** The same as fields of a log line, for programs that start a server of their own. */
export function startFields({
  version,
  url,
  apps,
  data,
  works,
  keys,
  milliseconds,
  hasPages,
  hasConsole,
  more = [],
}: StartedAt): Record<string, unknown> {
  return {
    version,
    url,
    apps: apps.map(({ name, base }) => ({
      name,
      url: url + base,
      docs: `${url}${base}/docs`,
      openapi: `${url}${base}/openapi.json`,
      graphql: `${url}${base}/graphql`,
    })),
    ...(hasPages ? { pages: `${url}/` } : {}),
    ...serverFields(url),
    ...(hasConsole ? { console: `${url}/console/` } : {}),
    data,
    ...(works ? {} : { does: answersOnly }),
    ...Object.fromEntries(more),
    ...keyFields(keys),
    milliseconds,
  }
}

/** The same of what only works. */
export function workFields({ version, url, apps, data, keys, milliseconds }: WorkingOn): Record<string, unknown> {
  return {
    version,
    ...(url === undefined ? {} : { url }),
    apps,
    does: worksOnly,
    ...(url === undefined ? {} : serverFields(url)),
    data,
    ...keyFields(keys),
    milliseconds,
  }
}

function serverFields(url: string): Record<string, unknown> {
  return { health: `${url}/health`, operations: `${url}/ops` }
}

function keyFields(keys: MadeKeys | undefined): Record<string, unknown> {
  return keys ? { keys: keys.path, apiKey: keys.apiKey, operatorKey: keys.operatorKey } : {}
}
