import { readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { LocalCloudError } from '../errors.ts'

/** A template as CloudFormation takes it. */
export interface Template {
  readonly Resources?: Readonly<Record<string, TemplateResource>>
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>
  readonly Conditions?: Readonly<Record<string, unknown>>
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>>
}

export interface TemplateResource {
  readonly Type: string
  readonly Properties?: Readonly<Record<string, unknown>>
  readonly DependsOn?: string | readonly string[]
  readonly Condition?: string
}

/** A stack of an assembly that stands by itself. */
interface AssembledStack {
  readonly name: string
  readonly region: string
  readonly template: Template
}

/** What `cdk synth` has written: templates, and the files that they need. */
export interface Assembly {
  readonly folder: string
  /** Of its first stack. */
  readonly region: string
  readonly stacks: readonly AssembledStack[]
  /**
   * The file or folder of an asset.
   *
   * @param key its object's name in the bucket of assets, such as `4f….zip`
   */
  asset(key: string): string | undefined
}

interface Artifact {
  readonly type: string
  readonly environment?: string
  readonly displayName?: string
  readonly properties?: { readonly templateFile?: string; readonly stackName?: string; readonly file?: string }
}

interface AssetFile {
  readonly source: { readonly path?: string }
  readonly destinations: Readonly<Record<string, { readonly objectKey?: string }>>
}

/** Where templates leave the region open. */
const anyRegion = 'us-east-1'

/**
 * Reads what `cdk synth` has written.
 *
 * @param folder usually `cdk.out`
 * @throws LocalCloudError when it is not there, or holds something else
 */
export function readAssembly(folder: string): Assembly {
  const root = resolve(folder)
  const artifacts = Object.entries(readManifest(root, folder))
  const assets = new Map(artifacts.flatMap(([, artifact]) => assetsOf(root, artifact)))
  const stacks = artifacts.flatMap(([id, artifact]) => stackOf(root, id, artifact))
  const [first] = stacks
  if (!first) throw new LocalCloudError(`${folder} holds no stack. Synthesise the application again.`)
  return { folder: root, region: first.region, stacks, asset: (key) => assets.get(key) }
}

/** A template file of an assembly. */
export function readTemplate(path: string): Template {
  return JSON.parse(readFileSync(path, 'utf8'))
}

function readManifest(root: string, folder: string): Record<string, Artifact> {
  try {
    return JSON.parse(readFileSync(join(root, 'manifest.json'), 'utf8')).artifacts ?? {}
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'there is no manifest.json in it' : message
    throw new LocalCloudError(
      `${folder} is no assembly of templates: ${reason}. Synthesise the application first: npx cdk synth`,
      { cause: error },
    )
  }
}

function stackOf(root: string, id: string, { type, environment, properties }: Artifact): AssembledStack[] {
  if (type !== 'aws:cloudformation:stack' || properties?.templateFile === undefined) return []
  const region = environment?.split('/').at(-1) ?? anyRegion
  return [
    {
      name: properties.stackName ?? id,
      region: region === 'unknown-region' ? anyRegion : region,
      template: readTemplate(join(root, properties.templateFile)),
    },
  ]
}

function assetsOf(root: string, { type, properties }: Artifact): [key: string, path: string][] {
  if (type !== 'cdk:asset-manifest' || properties?.file === undefined) return []
  const { files = {} } = JSON.parse(readFileSync(join(root, properties.file), 'utf8')) as {
    files?: Record<string, AssetFile>
  }
  return Object.values(files).flatMap(({ source, destinations }) =>
    Object.values(destinations).flatMap(({ objectKey }): [string, string][] =>
      objectKey && source.path ? [[basename(objectKey), resolve(root, source.path)]] : [],
    ),
  )
}
