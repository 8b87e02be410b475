import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WeirApp } from '@weir/aws/cdk'
import { type LocalCloud, startLocalCloud } from '@weir/aws/local'
import { App, Stack } from 'aws-cdk-lib'
import { accounts } from '../rebuild/app.ts'
import type { Progress } from '../rebuild/server.ts'

const operatorKey = 'the-operator-key-of-this-bench'

/** The accounts on a local cloud. */
export interface AccountsCloud {
  readonly cloud: LocalCloud
  /** Asks the operations API about the balances. */
  operate(method: 'GET' | 'POST', path: string): Promise<Progress>
  /** Stops it, and removes all that it kept. */
  stop(): Promise<void>
}

/** Synthesises the stack of the accounts, and runs it with nothing in it. */
export async function startAccounts(databaseUrl?: string): Promise<AccountsCloud> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-aws-'))
  // PostgreSQL has a user of its own where this one is root.
  chmodSync(folder, 0o711)
  const cdk = new App({ outdir: join(folder, 'cdk.out'), analyticsReporting: false })
  const entry = join(import.meta.dirname, 'entry.ts')
  new WeirApp(new Stack(cdk, 'bench'), 'Bench', { entry, apps: [accounts], profile: 'dev', internet: false })
  const cloud = await startLocalCloud({
    cdkOut: cdk.synth().directory,
    data: join(folder, 'data'),
    ...{ databaseUrl, keys: { operatorKey }, environments: 3, visibilityTimeout: 60 },
    environment: { LOG_LEVEL: 'warn' },
    onLog: ({ isFailure, source, text }) => isFailure && process.stderr.write(`${source}: ${text}\n`),
  })
  return {
    cloud,
    operate: async (method, path) => {
      const address = `${cloud.url}/ops/accounts/projections/balances${path}`
      const answer = await fetch(address, { method, headers: { 'x-operator-key': operatorKey } })
      if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}: ${await answer.text()}`)
      return (await answer.json()) as Progress
    },
    stop: async () => {
      await cloud.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
