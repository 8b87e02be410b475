import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { shop } from './shop.fixture.ts'
import { WeirApp } from './weir-app.ts'
import type { WeirAppProps } from './weir-app-props.ts'

/** A folder of pages, as bundlers make it. */
export function madePages(): string {
  const folder = mkdtempSync(join(tmpdir(), 'weir-pages-'))
  mkdirSync(join(folder, 'assets'))
  for (const file of ['index.html', 'favicon.svg', 'assets/index-Bq3.js']) writeFileSync(join(folder, file), '')
  return folder
}

/** The shop in a stack of its own. */
export function shopStack(props: Partial<WeirAppProps> = {}): { readonly shop: WeirApp; readonly template: Template } {
  const stack = new Stack(new App(), 'shop-dev')
  const entry = join(import.meta.dirname, 'shop.fixture.ts')
  const made = new WeirApp(stack, 'Shop', { entry, apps: [shop], profile: 'dev', ...props })
  return { shop: made, template: Template.fromStack(stack) }
}
