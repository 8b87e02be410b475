import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ProfileName, WeirApp } from '@weir/aws/cdk'
import { App, Stack } from 'aws-cdk-lib'
import { boxOffice, coffee, helpdesk, inventory } from './apps.ts'

const apps = [helpdesk, inventory, boxOffice, coffee]

/** A CDK app with the examples in one stack, as `main.ts` has them, with pages that need not be built. */
export function examplesStack(profile: ProfileName): {
  readonly cdk: App
  readonly stack: Stack
  readonly weir: WeirApp
} {
  const cdk = new App()
  const stack = new Stack(cdk, `weir-${profile}`)
  const pages = mkdtempSync(join(tmpdir(), 'weir-pages-'))
  writeFileSync(join(pages, 'index.html'), '')
  const entry = join(import.meta.dirname, 'apps.ts')
  const site = { pages, console: pages }
  const weir = new WeirApp(stack, 'Examples', {
    entry,
    apps,
    profile,
    site,
    internet: false,
    tracing: profile === 'prod',
  })
  rmSync(pages, { recursive: true })
  return { cdk, stack, weir }
}
