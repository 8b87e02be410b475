import type { PolicyStatus, ProjectionStatus, TimerStatus } from 'weir/runtime'
import type { Painted } from '../output/pretty.ts'
import { oneLine } from '../output/visible.ts'
import { connect } from './connect.ts'
import type { OpsFlags } from './flags.ts'
import { sayHint, sayJson, sayTable } from './print.ts'
import { percent } from './words.ts'

/** Shows how every projection stands. */
export async function projections(flags: OpsFlags): Promise<number> {
  const { client, base } = await connect(flags)
  const all = await client.list<ProjectionStatus>(`${base}/projections`)
  if (flags.json) return asJson(all)
  const rows = all.map((each) => [
    each.name,
    stateOf(each),
    each.lag,
    each.generation,
    inRed(each.parked),
    each.deferred,
  ])
  sayTable(['projection', 'state', 'lag', 'generation', 'parked', 'deferred'], rows, 'There are no projections.')
  hintAtParked(all)
  return 0
}

/** Shows how every policy stands. */
export async function policies(flags: OpsFlags): Promise<number> {
  const { client, base } = await connect(flags)
  const all = await client.list<PolicyStatus>(`${base}/policies`)
  if (flags.json) return asJson(all)
  const rows = all.map((each) => [
    each.name,
    each.error === undefined ? ({ style: 'green', text: 'running' } as const) : failing(each.error),
    each.lag,
    each.pending,
    inRed(each.parked),
    each.timers,
  ])
  sayTable(['policy', 'state', 'lag', 'pending', 'parked', 'timers'], rows, 'There are no policies.')
  hintAtParked(all)
  return 0
}

/** Shows the commands that policies have scheduled. */
export async function timers(flags: OpsFlags): Promise<number> {
  const { client, base } = await connect(flags)
  const all = await client.list<TimerStatus>(`${base}/timers`)
  if (flags.json) return asJson(all)
  const rows = all.map(({ policy, key, due, command, aggregateId = '', stream, version }) => [
    due,
    policy,
    key,
    command,
    aggregateId,
    `${stream}@${version}`,
  ])
  sayTable(['due', 'policy', 'key', 'command', 'id', 'scheduled by'], rows, 'Nothing is scheduled.')
  return 0
}

function asJson(all: readonly unknown[]): number {
  sayJson(all)
  return 0
}

function stateOf({ error, rebuild, frozen, current }: ProjectionStatus): Painted {
  if (error !== undefined) return failing(error)
  if (rebuild?.state === 'running') {
    const text = `rebuilding, ${percent(rebuild.done, rebuild.total)} %${frozen ? ' (frozen)' : ''}`
    return { style: 'cyan', text }
  }
  if (rebuild?.state === 'blocked') return { style: 'red', text: 'rebuild blocked' }
  if (frozen) return { style: 'yellow', text: 'frozen' }
  return current ? { style: 'green', text: 'current' } : { style: 'yellow', text: 'catching up' }
}

function failing(error: string): Painted {
  return { style: 'red', text: `cannot go on: ${oneLine(error)}` }
}

/** A number that stays one when there is nothing to look at. */
function inRed(parked: number): Painted | number {
  return parked === 0 ? parked : { style: 'red', text: String(parked) }
}

function hintAtParked(all: readonly { readonly parked: number }[]): void {
  if (all.some(({ parked }) => parked > 0)) sayHint('Streams are parked. See why: weir dead-letters list')
}
