import { fromEnv } from '@aws-sdk/credential-provider-env'

/** In the place of `@aws-sdk/credential-provider-node`: a function has its credentials from its environment, and from nowhere else. */
export const defaultProvider: typeof fromEnv = () => fromEnv()
