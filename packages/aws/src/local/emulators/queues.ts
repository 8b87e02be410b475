import { buildApp } from 'fauxqs'
import { AwsError, authorization } from './aws-json.ts'

/** Queues and topics: fauxqs, within this process. */
export interface Messaging {
  /** For clients of SQS and SNS. */
  readonly endpoint: string
  sqs<T>(action: string, input: object): Promise<T>
  /** @returns the XML of the answer */
  sns(action: string, input: Readonly<Record<string, string>>): Promise<string>
  stop(): Promise<void>
}

/** Starts it on a free port of the loopback interface. What it holds is gone when it stops. */
export async function startMessaging(region: string): Promise<Messaging> {
  const app = buildApp({ logger: false, defaultRegion: region })
  const endpoint = await app.listen({ port: 0, host: '127.0.0.1' })
  const post = async (headers: Record<string, string>, payload: string) => {
    const host = new URL(endpoint).host
    return app.inject({ method: 'POST', url: '/', headers: { host, ...headers }, payload })
  }
  return {
    endpoint,
    sqs: async <T>(action: string, input: object) => {
      const type = 'application/x-amz-json-1.0'
      const { statusCode, payload } = await post(
        {
          'content-type': type,
          'x-amz-target': `AmazonSQS.${action}`,
          authorization: authorization(region, 'sqs'),
        },
        JSON.stringify(input),
      )
      if (statusCode < 300) return JSON.parse(payload || '{}') as T
      throw failed(action, payload)
    },
    sns: async (action, input) => {
      const type = 'application/x-www-form-urlencoded'
      const { statusCode, payload } = await post(
        { 'content-type': type, authorization: authorization(region, 'sns') },
        new URLSearchParams({ Action: action, ...input }).toString(),
      )
      if (statusCode < 300) return payload
      throw failed(action, payload)
    },
    stop: () => app.close(),
  }
}

function failed(action: string, answer: string): AwsError {
  const code = /(?:__type": ?"(?:[^"#]*#)?|<Code>)([\w.]+)/.exec(answer)?.[1] ?? 'UnknownError'
  return new AwsError(code, `${action}: ${answer}`)
}
