import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Kept } from '../emulators/kept.ts'
import { LocalCloudError } from '../errors.ts'
import type { LambdaFunction } from '../lambda/function.ts'
import type { Resource } from '../template/instantiate.ts'

/** The variable that names the function behind a provider of the CDK's. */
const behindProvider = 'USER_ON_EVENT_FUNCTION_ARN'

export interface CustomResources {
  readonly resources: readonly Resource[]
  readonly functions: (arn: string) => LambdaFunction
  /** The variables of a function as the template gives them. */
  readonly variables: (arn: string) => Readonly<Record<string, string>>
  readonly kept: Kept
}

/**
 * Makes the custom resources of a template, one after the other, as a deployment does: the first time they are created,
 * from then on updated.
 *
 * @throws LocalCloudError when one fails
 */
export async function makeCustomResources(options: CustomResources): Promise<void> {
  for (const resource of inOrder(options.resources)) await make(resource, options)
}

async function make(
  { id, type, properties }: Resource,
  { functions, variables, kept }: CustomResources,
): Promise<void> {
  const before = kept.get(`custom ${id}`)
  const event = {
    RequestType: before === undefined ? 'Create' : 'Update',
    ResourceType: type,
    LogicalResourceId: id,
    PhysicalResourceId: before === undefined ? undefined : id,
    RequestId: crypto.randomUUID(),
    StackId: 'local',
    ResourceProperties: properties,
    OldResourceProperties: before === undefined ? undefined : JSON.parse(before),
  }
  const token = String(properties.ServiceToken)
  const behind = variables(token)[behindProvider]
  const reason = behind ? await invoke(functions(behind), event) : await invokeDirectly(functions(token), event)
  if (reason !== undefined) throw new LocalCloudError(`${id} (${type}) could not be made: ${reason}`)
  kept.set(`custom ${id}`, JSON.stringify(properties))
}

/** @returns why it failed */
async function invoke(target: LambdaFunction, event: object): Promise<string | undefined> {
  const invoked = await target.invoke(event)
  if (invoked.kind === 'answered') return undefined
  return invoked.kind === 'failed' ? `${target.name}: ${invoked.error.errorMessage}` : `${target.name} is busy`
}

/** What a function says of a custom resource. */
interface Told {
  readonly Status: string
  readonly Reason?: string
}

/** Without a provider the function itself answers, by a request to an URL that it is given. */
async function invokeDirectly(target: LambdaFunction, event: object): Promise<string | undefined> {
  const { promise: told, resolve } = Promise.withResolvers<Told>()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    response.end()
    resolve(JSON.parse(Buffer.concat(chunks).toString()))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const ResponseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const failed = invoke(target, { ...event, ResponseURL })
  const answer = await Promise.race([
    told,
    failed.then((reason): Told | Promise<Told> => (reason ? { Status: 'FAILED', Reason: reason } : told)),
  ])
  server.close()
  server.closeAllConnections()
  return answer.Status === 'SUCCESS' ? undefined : (answer.Reason ?? 'it said no more')
}

function inOrder(resources: readonly Resource[]): Resource[] {
  const ordered: Resource[] = []
  const visit = (resource: Resource) => {
    if (ordered.includes(resource)) return
    for (const id of resource.after) {
      const before = resources.find((each) => each.id === id)
      if (before) visit(before)
    }
    ordered.push(resource)
  }
  resources.forEach(visit)
  return ordered
}
