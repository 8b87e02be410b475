import { randomBytes } from 'node:crypto'
import type { Resource } from '../template/instantiate.ts'
import { AwsError } from './aws-json.ts'
import type { Actions } from './endpoint.ts'
import type { Kept } from './kept.ts'

interface Generation {
  readonly PasswordLength?: number
  readonly SecretStringTemplate?: string
  readonly GenerateStringKey?: string
}

/**
 * The secrets of a template, by ARN. Generated ones are generated once, and kept.
 *
 * @param given values that go before those of the template, by ARN
 */
export function secretsOf(
  resources: readonly Resource[],
  kept: Kept,
  given: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  return new Map(
    resources.map(({ arn, name, properties }) => {
      const { SecretString, GenerateSecretString } = properties as {
        SecretString?: string
        GenerateSecretString?: Generation
      }
      const value =
        given.get(arn) ?? SecretString ?? kept.once(`secret ${name}`, () => generate(GenerateSecretString ?? {}))
      return [arn, value]
    }),
  )
}

export function secretActions(secrets: ReadonlyMap<string, string>): Actions {
  return {
    'secretsmanager.GetSecretValue': ({ SecretId }: { SecretId: string }) => {
      const found = [...secrets].find(([arn]) => arn === SecretId || arn.endsWith(`:secret:${SecretId}`))
      if (!found) throw new AwsError('ResourceNotFoundException', `There is no secret ${SecretId}.`)
      const [ARN, SecretString] = found
      return { ARN, Name: ARN.split(':secret:')[1], SecretString, VersionStages: ['AWSCURRENT'] }
    },
  }
}

function generate({ PasswordLength = 32, SecretStringTemplate, GenerateStringKey }: Generation): string {
  const password = randomBytes(PasswordLength).toString('base64url').slice(0, PasswordLength)
  if (GenerateStringKey === undefined) return password
  return JSON.stringify({ ...JSON.parse(SecretStringTemplate ?? '{}'), [GenerateStringKey]: password })
}
