import { Client, type ClientConfig } from 'pg'

/** Gives a password when a connection is made: one that is good for a while only, such as a token of IAM. */
export type PasswordSupply = () => Promise<string>

/** What connects. A password that is supplied goes before the one in the URL. */
export function clientWith(supply: PasswordSupply | undefined): typeof Client {
  if (!supply) return Client
  return class extends Client {
    constructor(config?: string | ClientConfig) {
      super(config)
      // What the configuration says of it is overwritten by the URL, also where that has none.
      Object.assign(this, { password: supply })
    }
  }
}
