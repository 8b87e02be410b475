import { SecretValue } from 'aws-cdk-lib'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import type { Installation } from './installation.ts'
import { justify } from './justify.ts'

/** The keys that callers show. Those that are not given are made up by Secrets Manager, and nobody has seen them. */
export class Keys extends Construct {
  /** For guarded routes. */
  readonly api: Secret
  /** For the operations API: all of it, or reading only. */
  readonly operator: Secret
  readonly reader: Secret

  constructor(scope: Construct, id: string, installation: Installation, apiKey: string | undefined) {
    super(scope, id)
    this.api = this.#key(installation, 'api-key', 'For guarded routes, in x-api-key', apiKey)
    this.operator = this.#key(installation, 'operator-key', 'For /ops, in x-operator-key')
    this.reader = this.#key(installation, 'reader-key', 'For looking at /ops, in x-operator-key')
  }

  #key({ plan, profile, references }: Installation, name: string, description: string, given?: string): Secret {
    const value = given
      ? { secretStringValue: SecretValue.unsafePlainText(given) }
      : { generateSecretString: { passwordLength: 48, excludePunctuation: true } }
    const common = { secretName: `${plan.prefix}/${name}`, description, removalPolicy: profile.removal }
    const secret = new Secret(this, name, { ...common, ...value })
    justify(secret, { SMG4: 'Callers know this key: whoever changes it tells them, and both are good for a while' })
    references.set(`secret/${name}`, [secret.secretArn])
    return secret
  }
}
