import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readSettings } from './settings.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-settings-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
  vi.unstubAllEnvs()
})

const read = (context: Record<string, string> = {}) => readSettings(new App({ context }).node, folder)

test('without any setting there is a stack for development', () => {
  expect(read()).toEqual({
    ...{ stage: 'dev', profile: 'dev', stackName: 'weir-dev', tracing: false },
    ...{ region: undefined, apiKey: undefined },
  })
})

test('the stage prod has its profile, others may be given it', () => {
  expect(read({ STAGE: 'prod' })).toMatchObject({ profile: 'prod', stackName: 'weir-prod' })
  expect(read({ STAGE: 'staging' })).toMatchObject({ profile: 'dev', stackName: 'weir-staging' })
  expect(read({ STAGE: 'staging', PROFILE: 'prod' })).toMatchObject({ stage: 'staging', profile: 'prod' })
})

test('context goes before the environment, that before the file', () => {
  writeFileSync(join(folder, '.env'), 'API_KEY=from-file\nSTACK_NAME=file\nREGION=eu-west-1\nTRACING=true\n')
  vi.stubEnv('API_KEY', 'from-environment')
  vi.stubEnv('STACK_NAME', 'environment')
  expect(read({ API_KEY: 'from-context' })).toMatchObject({
    ...{ apiKey: 'from-context', stackName: 'environment', region: 'eu-west-1', tracing: true },
  })
})

test.each([
  [{ PROFILE: 'test' }, 'PROFILE is'],
  [{ STAGE: 'Über' }, 'STAGE is'],
  [{ TRACING: 'on' }, 'TRACING is'],
])('a setting that makes no sense is named: %o', (context, message) => {
  expect(() => read(context)).toThrow(message)
})
