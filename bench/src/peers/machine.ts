import { cpus, release, totalmem, type } from 'node:os'
import { entries } from './contenders.ts'
import { versionOf } from './install.ts'
import type { Machine } from './report.ts'

const PEERS = [
  '@event-driven-io/emmett',
  '@event-driven-io/emmett-sqlite',
  '@event-driven-io/emmett-postgresql',
  '@castore/core',
  '@aws-sdk/client-dynamodb',
  'sqlite3',
  'pg',
]

/** What this machine is, and which versions were measured on it. */
export function machineOf(quick: boolean, servers: Readonly<Record<string, string>>): Machine {
  const peers = Object.fromEntries(PEERS.map((name) => [name, versionOf(name)]))
  return {
    at: new Date().toISOString(),
    quick,
    cores: cpus().length,
    model: cpus()[0]?.model ?? '',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${type()} ${release()}`,
    versions: { node: process.version, 'node:sqlite': process.versions.sqlite ?? '', ...servers, ...peers },
    durability: Object.fromEntries(entries.map((entry) => [nameOf(entry), entry.durability])),
  }
}

function nameOf({ system, engine, shown, setting }: (typeof entries)[number]): string {
  return [system, engine, shown ?? setting].filter(Boolean).join(', ')
}
