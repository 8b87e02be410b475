import type { AnyPolicy, App } from '../definitions/index.ts'
import type { ReadModelStore } from '../ports/index.ts'
import { documentsOf } from './check-documents.ts'
import { type StoredPolicy, storedPolicies } from './policy-models.ts'
import { commandOf, readTimer, type Timer } from './timers-stored.ts'

/** What is stored of a policy and cannot be done any more, since the application has not what it needs. */
export interface PolicyFinding {
  readonly policy: string
  /** The command that timers call and that is gone, as `<aggregate>.<command>`; undefined: the policy itself is gone. */
  readonly command: string | undefined
  readonly timers: number
  /** Streams with events that it has not reacted to: they are parked, or were in hand. */
  readonly streams: number
}

/** By policy and command. A policy that is gone and has left nothing is none. */
export async function checkPolicies(app: App, readModels: ReadModelStore): Promise<PolicyFinding[]> {
  const findings: PolicyFinding[] = []
  for (const stored of await storedPolicies(readModels)) {
    const policy = app.policies.find(({ name }) => name === stored.name)
    findings.push(...(policy ? await callsInVain(app, policy, stored, readModels) : await leftBy(stored, readModels)))
  }
  return findings
}

async function callsInVain(
  app: App,
  { name: policy }: AnyPolicy,
  stored: StoredPolicy,
  readModels: ReadModelStore,
): Promise<PolicyFinding[]> {
  const calls = new Map<string, number>()
  for await (const timer of timersOf(stored, readModels)) {
    if (commandOf(app, timer)) continue
    const command = `${timer.command.aggregate}.${timer.command.name}`
    calls.set(command, (calls.get(command) ?? 0) + 1)
  }
  return [...calls].sort().map(([command, timers]) => ({ policy, command, timers, streams: 0 }))
}

async function leftBy(stored: StoredPolicy, readModels: ReadModelStore): Promise<PolicyFinding[]> {
  let timers = 0
  for await (const _ of documentsOf(readModels, stored.generation)) timers += 1
  const streams = new Set((await readModels.loadWaiting(stored.generation)).map(({ stream }) => stream)).size
  return timers + streams > 0 ? [{ policy: stored.name, command: undefined, timers, streams }] : []
}

async function* timersOf({ generation }: StoredPolicy, readModels: ReadModelStore): AsyncGenerator<Timer> {
  for await (const document of documentsOf(readModels, generation)) yield readTimer(document)
}
