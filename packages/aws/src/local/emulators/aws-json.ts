/** Calls one service in the JSON protocol of AWS. `action` is such as `DynamoDB_20120810.CreateTable`. */
export type AwsCall = <T>(action: string, input: object) => Promise<T>

/** An error that a service has answered with. */
export class AwsError extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.name = code
    this.code = code
  }
}

/** The emulators take any signature, and read the region in it. */
export function authorization(region: string, service: string): string {
  return `AWS4-HMAC-SHA256 Credential=local/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=local`
}

/** @param service as it stands in a signature: `dynamodb` */
export function awsJson(endpoint: string, region: string, service: string): AwsCall {
  return async <T>(action: string, input: object) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': action,
        'x-amz-date': '20260101T000000Z',
        authorization: authorization(region, service),
      },
      body: JSON.stringify(input),
    })
    const answer = await response.json()
    if (response.ok) return answer as T
    const { __type: type = 'UnknownError', message = '' } = answer as { __type?: string; message?: string }
    throw new AwsError(type.split('#').at(-1) ?? type, message)
  }
}
