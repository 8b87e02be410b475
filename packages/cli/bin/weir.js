#!/usr/bin/env node
// Only what every Node can read may stand here, so that an old one is told apart from a broken installation.
import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'

const required = 24
const source = new URL('../src/main.ts', import.meta.url)

if (Number.parseInt(process.versions.node, 10) < required) {
  console.error(
    `weir needs Node ${required} or newer, but this is Node ${process.versions.node} (${process.execPath}).`,
  )
  console.error('Install a newer one from https://nodejs.org, or with your version manager: nvm install --lts')
  process.exitCode = 1
} else {
  // Published, there is only dist. In its own workspace Weir runs from its sources, which is what the condition asks for.
  const inWorkspace = existsSync(source)
  if (inWorkspace) {
    nodeModule.registerHooks({
      resolve: (specifier, context, next) =>
        next(specifier, { ...context, conditions: [...context.conditions, '@weir/source'] }),
    })
  }
  const { main } = await import(inWorkspace ? source.href : '../dist/main.js')
  await main(process.argv.slice(2))
}
