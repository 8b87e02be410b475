import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WeirApp } from '@weir/aws/cdk'
import { App as CdkApp, Stack } from 'aws-cdk-lib'
import type { App } from 'weir'

/** Below the repository, so that what is imported is found. */
const sources = join(import.meta.dirname, '../../../node_modules/.cache/weir-local-cloud')

/**
 * Synthesises the stack of one example application, whose services are those of the test: see `serveServices`.
 *
 * @returns the folder of the templates, which is removed when the process ends
 */
export function synthesise(app: App): string {
  const folder = mkdtempSync(join(tmpdir(), 'weir-examples-aws-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(sources, { recursive: true })
  const entry = join(mkdtempSync(join(sources, 'entry-')), 'entry.ts')
  process.once('exit', () => rmSync(join(entry, '..'), { recursive: true, force: true }))
  writeFileSync(entry, entrySource(app.name))
  const cdk = new CdkApp({ outdir: join(folder, 'cdk.out'), analyticsReporting: false })
  new WeirApp(new Stack(cdk, `test-${app.name}`), 'Test', { entry, apps: [app], profile: 'dev', internet: true })
  return cdk.synth().directory
}

function entrySource(name: string): string {
  const at = (path: string) => JSON.stringify(join(import.meta.dirname, path))
  return `
import * as exported from ${at(`../../${name}/index.ts`)}
import { remoteServices } from ${at('remote-services.ts')}
const app = Object.values(exported).find((each) => each.kind === 'app' && each.name === ${JSON.stringify(name)})
export default app
export const services = ({ environment }) => remoteServices(app, environment.TEST_SERVICES_URL)
`
}
