import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { LocalCloudError } from '../errors.ts'
import { LambdaFunction } from '../lambda/function.ts'
import type { Assembly } from '../template/assembly.ts'
import type { Resource } from '../template/instantiate.ts'
import type { Log } from './log.ts'

export interface FunctionSetting {
  readonly assembly: Assembly
  readonly region: string
  /** Where code that stands in a template is written to. */
  readonly folder: string
  readonly log: Log
  /** Variables beside those of the template; they go before them. */
  readonly variables: (given: Readonly<Record<string, string>>) => Readonly<Record<string, string>>
  readonly environments: number
  readonly ahead: () => number
  readonly idle: number
}

const endings = ['.mjs', '.js', '.cjs']

/** A function of a template, or undefined when it is none for Node. */
export function functionOf(resource: Resource, setting: FunctionSetting): LambdaFunction | undefined {
  const { name, arn, properties } = resource
  const { Runtime = '', Handler = '', Timeout = 3, MemorySize = 128, ReservedConcurrentExecutions } = properties
  if (!Runtime.startsWith('nodejs')) return undefined
  const { log } = setting
  return new LambdaFunction({
    name,
    arn,
    module: moduleOf(resource, setting),
    handler: Handler.split('.').at(-1) ?? '',
    variables: variablesOf(resource, setting),
    memory: Number(MemorySize),
    timeout: Number(Timeout) * 1000,
    reserved: ReservedConcurrentExecutions === undefined ? undefined : Number(ReservedConcurrentExecutions),
    environments: setting.environments,
    idle: setting.idle,
    ahead: setting.ahead,
    write: (text) => log.wrote(name, text),
    ended: (invocation) => log.ended(name, invocation),
  })
}

function moduleOf(resource: Resource, setting: FunctionSetting): string {
  const folder = folderOf(resource, setting)
  const [path = ''] = String(resource.properties.Handler).split('.')
  const file = endings.map((ending) => join(folder, path + ending)).find((each) => existsSync(each))
  if (file) return pathToFileURL(file).href
  throw new LocalCloudError(
    `The code of the function ${resource.id} has no ${path}.mjs. Synthesise the application again.`,
  )
}

function folderOf({ id, name, properties: { Code } }: Resource, { assembly, folder }: FunctionSetting): string {
  if (typeof Code?.ZipFile === 'string') return written(join(folder, name), Code.ZipFile)
  const asset = assembly.asset(String(Code?.S3Key).split('/').at(-1) ?? '')
  if (asset && statSync(asset, { throwIfNoEntry: false })?.isDirectory()) return asset
  throw new LocalCloudError(
    `The code of the function ${id} is no folder of the assembly. Synthesise the application again.`,
  )
}

function written(folder: string, code: string): string {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'index.cjs'), code)
  return folder
}

function variablesOf({ name, properties }: Resource, { region, variables }: FunctionSetting): Record<string, string> {
  const given: Record<string, string> = properties.Environment?.Variables ?? {}
  return {
    ...given,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_EXECUTION_ENV: `AWS_Lambda_${properties.Runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(properties.MemorySize ?? 128),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    ...variables(given),
  }
}
