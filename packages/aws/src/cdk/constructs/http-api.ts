import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  HttpApi,
  type HttpMethod,
  HttpNoneAuthorizer,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { Installation } from './installation.ts'
import { justify } from './justify.ts'
import { overridden } from './overrides.ts'

/** One line of JSON a request. Addresses of callers are not written: they are personal data. */
const accessLog = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  milliseconds: '$context.responseLatency',
  bytes: '$context.responseLength',
  error: '$context.integrationErrorMessage',
}

/** The functions that answer requests. */
export interface Servers {
  readonly api: IFunction
  readonly operations: IFunction
}

/**
 * The HTTP API: all requests go to the server, so that CORS, keys and errors are those of every other start. Only what is too much is
 * refused before.
 */
export function httpApi(scope: Construct, installation: Installation, { api, operations }: Servers): HttpApi {
  const { plan, profile, overrides } = installation
  const toApi = new HttpLambdaIntegration('Api', api, { scopePermissionToRoute: false })
  const toOperations = new HttpLambdaIntegration('Operations', operations, { scopePermissionToRoute: false })
  const props = {
    apiName: plan.prefix,
    createDefaultStage: false,
    defaultIntegration: toApi,
    defaultAuthorizer: new HttpNoneAuthorizer(),
  }
  const made = new HttpApi(scope, 'Http', overridden(overrides, 'httpApi', plan.prefix, props))
  for (const { method, path } of plan.operations) {
    made.addRoutes({ path, methods: [method as HttpMethod], integration: toOperations })
  }
  const log = new LogGroup(scope, 'AccessLog', {
    logGroupName: `/aws/vendedlogs/apis/${plan.prefix}`,
    ...{ retention: profile.logRetention, removalPolicy: profile.removal },
  })
  new HttpStage(scope, 'HttpStage', {
    ...{ httpApi: made, stageName: '$default', autoDeploy: true, detailedMetricsEnabled: true },
    throttle: { rateLimit: profile.requestsPerSecond, burstLimit: profile.requestsPerSecond * 2 },
    accessLogSettings: {
      destination: new LogGroupLogDestination(log),
      format: AccessLogFormat.custom(JSON.stringify(accessLog)),
    },
  })
  justify(made, {
    APIG4: 'The server asks for keys itself, where definitions have a guard; other routes are for everybody',
  })
  return made
}
