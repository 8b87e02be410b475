import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { EngineError } from 'weir/ports'

/**
 * Reads a secret.
 *
 * @throws EngineError when it cannot be read, or holds bytes
 */
export async function readSecret(arn: string): Promise<string> {
  const client = new SecretsManagerClient()
  try {
    const { SecretString: secret } = await client.send(new GetSecretValueCommand({ SecretId: arn }))
    if (secret === undefined) throw new Error('it holds bytes, no text')
    return secret
  } catch (error) {
    throw new EngineError(`The secret ${arn} cannot be read: ${(error as Error).message}`, { cause: error })
  } finally {
    client.destroy()
  }
}
