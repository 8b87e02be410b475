import { type Behavior, edge } from '../http/edge.ts'
import { type Answerer, httpApi } from '../http/gateway.ts'
import { routerOf } from '../http/routes.ts'
import { type Site, serveSite } from '../http/site.ts'
import type { LambdaFunction } from '../lambda/function.ts'
import type { Assembly } from '../template/assembly.ts'
import type { Resource } from '../template/instantiate.ts'
import { served } from '../template/support.ts'
import { headersOf } from './response-headers.ts'

export interface FrontOptions {
  readonly resources: readonly Resource[]
  readonly assembly: Assembly
  readonly functions: (arn: string) => LambdaFunction
}

/** What answers at the port: the distribution of the template, else its API. Undefined when it has neither. */
export function frontOf(options: FrontOptions): Answerer | undefined {
  const ofType = (type: string) => options.resources.filter((resource) => resource.type === type)
  const apis = new Map(ofType(served.api).map((api) => [api.name, apiOf(api, options)]))
  const [distribution] = ofType(served.distribution)
  if (!distribution) return [...apis.values()][0]
  return edge(behaviorsOf(distribution, apis, options))
}

function apiOf({ name, ref }: Resource, { resources, functions }: FrontOptions): Answerer {
  const own = (type: string) => resources.filter((each) => each.type === type && each.properties.ApiId === ref)
  const integrations = new Map(own(served.integration).map((each) => [`integrations/${each.ref}`, each.properties]))
  const routes = own(served.route).map(({ properties: { RouteKey, Target } }) => ({
    key: String(RouteKey),
    target: functions(functionIn(String(integrations.get(Target)?.IntegrationUri))),
  }))
  const stage = String(own(served.stage)[0]?.properties.StageName ?? '$default')
  return httpApi(routerOf(routes), { id: name, stage })
}

/** The function's ARN, which may stand within one of the gateway's. */
function functionIn(uri: string): string {
  return /functions\/([^/]+)\/invocations/.exec(uri)?.[1] ?? uri
}

interface Origin {
  readonly Id: string
  readonly DomainName: string
}

interface CacheBehavior {
  readonly PathPattern?: string
  readonly TargetOriginId: string
  readonly ResponseHeadersPolicyId?: string
  readonly FunctionAssociations?: readonly { readonly EventType: string; readonly FunctionARN: string }[]
}

function behaviorsOf({ properties }: Resource, apis: ReadonlyMap<string, Answerer>, options: FrontOptions): Behavior[] {
  const { Origins = [], CacheBehaviors = [], DefaultCacheBehavior } = properties.DistributionConfig
  const behaviors: CacheBehavior[] = [...CacheBehaviors, DefaultCacheBehavior]
  return behaviors.flatMap(({ PathPattern, TargetOriginId, ResponseHeadersPolicyId, FunctionAssociations = [] }) => {
    const origin = (Origins as Origin[]).find(({ Id }) => Id === TargetOriginId)
    const name =
      String(origin?.DomainName)
        .replace(/^https:\/\//, '')
        .split('.')[0] ?? ''
    const answer = apis.get(name) ?? siteOf(name, properties.DistributionConfig, options)
    const association = FunctionAssociations.find(({ EventType }) => EventType === 'viewer-request')
    const onRequest = options.resources.find(({ arn }) => arn === association?.FunctionARN)?.properties.FunctionCode
    const headers = headersOf(options.resources.find(({ ref }) => ref === ResponseHeadersPolicyId))
    return answer ? [{ pattern: PathPattern, answer, onRequest, headers }] : []
  })
}

interface ErrorResponse {
  readonly ResponsePagePath?: string
  readonly ResponseCode?: number
}

/** What deployments have put into a bucket. */
function siteOf(
  bucket: string,
  {
    DefaultRootObject,
    CustomErrorResponses = [],
  }: { DefaultRootObject?: string; CustomErrorResponses?: ErrorResponse[] },
  { resources, assembly }: FrontOptions,
): Answerer | undefined {
  const deployments = resources.filter(
    ({ type, properties }) => type === served.deployment && properties.DestinationBucketName === bucket,
  )
  const keys: string[] = deployments.flatMap(({ properties }) => properties.SourceObjectKeys ?? [])
  const folders = keys.map((key) => assembly.asset(key)).filter((folder) => folder !== undefined)
  const [error] = CustomErrorResponses.filter(({ ResponsePagePath }) => ResponsePagePath)
  const missing: Site['missing'] = error && {
    path: error.ResponsePagePath ?? '',
    status: Number(error.ResponseCode ?? 200),
  }
  return folders.length === 0 ? undefined : serveSite({ folders, index: DefaultRootObject ?? 'index.html', missing })
}
