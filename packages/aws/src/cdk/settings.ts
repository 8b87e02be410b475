import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { Node } from 'constructs'
import type { ProfileName } from './constructs/profile.ts'

/** How an installation is to be made, beside its definitions: what differs from stage to stage. */
export interface Settings {
  readonly stage: string
  /** `prod` for the stage of that name, `dev` for all others, unless it is given. */
  readonly profile: ProfileName
  readonly stackName: string
  /** The region of the command line if undefined. */
  readonly region: string | undefined
  readonly tracing: boolean
  readonly apiKey: string | undefined
}

type Lookup = (name: string) => string | undefined

/**
 * Reads `STAGE`, `PROFILE`, `STACK_NAME`, `REGION`, `TRACING` and `API_KEY`: from the context of the CDK app (`cdk deploy -c STAGE=prod`, or
 * `context` in cdk.json), else from the environment, else from the file `.env` in the folder. What is empty counts as not given.
 *
 * @throws Error when a value makes no sense
 */
export function readSettings(node: Node, folder: string = process.cwd()): Settings {
  const find = lookup(node, folder)
  const stage = find('STAGE') ?? 'dev'
  if (!/^[a-z][a-z0-9-]*$/.test(stage))
    throw new Error(`STAGE is '${stage}', but it is written in kebab-case, such as 'dev'`)
  return {
    stage,
    profile: profileOf(find('PROFILE') ?? (stage === 'prod' ? 'prod' : 'dev')),
    stackName: find('STACK_NAME') ?? `weir-${stage}`,
    region: find('REGION'),
    tracing: switchOf('TRACING', find('TRACING') ?? 'false'),
    apiKey: find('API_KEY'),
  }
}

function lookup(node: Node, folder: string): Lookup {
  const file = join(folder, '.env')
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}
  return (name) => {
    const context: unknown = node.tryGetContext(name)
    const given = context === undefined || context === null ? '' : String(context)
    return given || process.env[name] || fromFile[name] || undefined
  }
}

function profileOf(text: string): ProfileName {
  if (text === 'dev' || text === 'prod') return text
  throw new Error(`PROFILE is '${text}', but it is dev or prod`)
}

function switchOf(name: string, text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  throw new Error(`${name} is '${text}', but it is true or false`)
}
