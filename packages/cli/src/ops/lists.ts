import type { PolicyStatus, ProjectionStatus, TimerStatus } from 'weir/runtime'
import type { Painted } from '../output/pretty.ts'
import { inShort, shellWord } from '../output/visible.ts'
import { connect } from './connect.ts'
import type { OpsFlags } from './flags.ts'
import { sayHint, sayJson, sayTable } from './print.ts'
import type { Cell } from './table.ts'
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
    beforeIt(each),
  ])
  const headings = ['projection', 'state', 'lag', 'generation', 'parked', 'deferred', 'can roll back to']
  sayTable(headings, rows, 'There are no projections.')
  hintAtStopped(all)
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
  const text = frozen ? 'frozen' : current ? 'current' : 'catching up'
  if (rebuild?.state === 'stopped') {
    return { style: 'yellow', text: `${text}; rebuild stopped at ${percent(rebuild.done, rebuild.total)} %` }
  }
  return { style: text === 'current' ? 'green' : 'yellow', text }
}

/** The generation that `--roll-back` lets serve again. */
function beforeIt({ previous }: ProjectionStatus): string {
  return previous?.canServe ? `${previous.generation} until ${previous.keptUntil}` : ''
}

function failing(error: string): Painted {
  return { style: 'red', text: `cannot go on: ${inShort(error)}` }
}

/** Red when there is something to look at. */
function inRed(parked: number): Cell {
  return parked === 0 ? parked : { style: 'red', text: parked }
}

function hintAtStopped(all: readonly ProjectionStatus[]): void {
  for (const { name, rebuild, frozen } of all) {
    if (rebuild?.state !== 'stopped') continue
    // Without its rebuild, a definition that has changed has nothing to serve.
    const orNot = frozen ? '' : ', or drop what was folded: add --cancel'
    sayHint(`A rebuild is stopped. Go on with it: weir rebuild ${shellWord(name)}${orNot}`)
  }
}

function hintAtParked(all: readonly { readonly parked: number }[]): void {
  if (all.some(({ parked }) => parked > 0)) sayHint('Streams are parked. See why: weir dead-letters list')
}
