import type { APIGatewayProxyEventV2, Context } from 'aws-lambda'

/** What of a request a test cares for. */
export interface Asked {
  readonly method?: string
  /** As HTTP APIs give it: decoded. */
  readonly path?: string
  readonly query?: string
  readonly headers?: Record<string, string>
  readonly cookies?: string[]
  readonly body?: string
  readonly isBase64Encoded?: boolean
  readonly stage?: string
}

/** An event as an HTTP API sends it (payload format 2.0). */
export function httpEvent(asked: Asked = {}): APIGatewayProxyEventV2 {
  const { method = 'GET', path = '/', query = '', headers = {}, stage = '$default', isBase64Encoded = false } = asked
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    ...(asked.cookies && { cookies: asked.cookies }),
    headers: {
      host: 'r3pmxmplak.execute-api.eu-central-1.amazonaws.com',
      'x-amzn-trace-id': 'Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e',
      'x-forwarded-for': '205.255.255.176',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      ...headers,
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'r3pmxmplak',
      domainName: 'r3pmxmplak.execute-api.eu-central-1.amazonaws.com',
      domainPrefix: 'r3pmxmplak',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '205.255.255.176', userAgent: 'curl/8.5.0' },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: '$default',
      stage,
      time: '10/Mar/2026:05:16:23 +0000',
      timeEpoch: 1583817383220,
    },
    ...(asked.body !== undefined && { body: asked.body }),
    isBase64Encoded,
  }
}

/** A JSON body with its header. */
export function jsonBody(value: unknown): Pick<Asked, 'body' | 'headers'> {
  return { body: JSON.stringify(value), headers: { 'content-type': 'application/json' } }
}

/** An invocation that may take so many milliseconds. */
export function invocation(milliseconds = 30_000): Pick<Context, 'getRemainingTimeInMillis' | 'awsRequestId'> {
  const end = performance.now() + milliseconds
  return {
    awsRequestId: '8476a536-e9f4-11e8-9739-2dfe598c3fcd',
    getRemainingTimeInMillis: () => end - performance.now(),
  }
}
