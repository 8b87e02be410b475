import type { PeerEngine, System, WorkName } from './job.ts'

/** A system with a setting, as it takes part in some works on one engine. */
export interface Entry {
  readonly system: System
  readonly engine: PeerEngine
  /** What differs among entries of the same system: the module understands it. */
  readonly setting: string
  /** The setting as the report says it. */
  readonly shown?: string
  /** Relative to this folder. Peers stand in a folder whose packages are installed on first use. */
  readonly module: string
  readonly works: readonly WorkName[]
  /** Only these variants of its works. */
  readonly variants?: readonly string[]
  /** Of an entry whose callers are always as many: those that stand in the row, and the case that it takes part in. */
  readonly callers?: { readonly own: number; readonly beside: number }
  /** How many events of a work at most, where all would take for ever. */
  readonly most?: Partial<Record<WorkName, number>>
  /** What is durable when a call is answered. */
  readonly durability: string
}

const [walFull, synchronous, emulator] = [
  'WAL, synchronous=FULL',
  'fsync and synchronous_commit on',
  'none, for all alike: the emulator keeps its tables in memory',
]
const gone = 'none: it is gone with the process'
/** Peers whose commands on one stream wait for each other in their process, as Weir's do: see `turns.ts` of the peers. */
const inTurn = 'one command at a time'
const commands: readonly WorkName[] = ['create', 'contention', 'long']
const folding: readonly WorkName[] = ['projection', 'rebuild', 'growth']
const all: readonly WorkName[] = [...commands, ...folding]

const weir = (engine: PeerEngine, durability: string, works: readonly WorkName[]): Entry => ({
  ...{ system: 'weir', engine, setting: '', module: './weir.ts', works, durability },
})

const emmett = (engine: PeerEngine, setting: string, works: readonly WorkName[], rest: Partial<Entry> = {}): Entry => ({
  ...{ system: 'emmett', engine, setting, works, durability: engine === 'sqlite' ? walFull : synchronous },
  module: `../../peers/emmett-${engine === 'sqlite' ? 'sqlite' : 'postgresql'}.ts`,
  ...rest,
})

const castore = (engine: PeerEngine, setting: string, works: readonly WorkName[], durability: string): Entry => ({
  ...{ system: 'castore', engine, setting, module: '../../peers/castore.ts', works, durability },
})

/** @param setting `<rows a transaction>/<table>` */
function raw(engine: PeerEngine, setting: string, callers: Entry['callers'], durability: string): Entry {
  const [rows, table] = setting.split('/')
  const shown = [
    rows === '1' ? 'single rows' : '1,000 rows a transaction',
    table === 'bare' ? 'bare table' : "the log's key and indexes",
  ].join(', ')
  const module = `./raw-${engine}.ts`
  return { system: 'raw', engine, setting, shown, module, works: ['create'], ...(callers && { callers }), durability }
}

/** @param setting see `http.ts` */
const served = (system: System, engine: PeerEngine, setting: string, rest: Partial<Entry> = {}): Entry => ({
  ...{ system, engine, setting, shown: '', module: './http.ts', works: ['http'] },
  durability: system === 'raw' ? 'none: it records nothing' : engine === 'sqlite' ? walFull : synchronous,
  ...rest,
})

const sqlite: readonly Entry[] = [
  weir('sqlite', walFull, all),
  emmett('sqlite', 'FULL', ['create', 'contention']),
  // A read model costs it some 0.2 ms an event, whatever the number.
  emmett('sqlite', 'FULL, one command at a time', all, {
    most: { projection: 10_000, rebuild: 10_000, growth: 100_000 },
  }),
  ...['bare', 'log'].flatMap((table) => [
    raw('sqlite', `1/${table}`, { own: 1, beside: 1 }, walFull),
    raw('sqlite', `1000/${table}`, { own: 1, beside: 512 }, walFull),
  ]),
]

const postgres: readonly Entry[] = [
  weir('postgres', synchronous, all),
  emmett('postgres', '', commands),
  emmett('postgres', inTurn, ['contention']),
  emmett('postgres', 'Pongo projection', ['projection', 'rebuild'], { most: { projection: 4000, rebuild: 4000 } }),
  emmett('postgres', 'own processor, a statement a batch', folding, { most: { rebuild: 100_000, growth: 100_000 } }),
  ...['bare', 'log'].flatMap((table) => [
    raw('postgres', `1/${table}`, { own: 64, beside: 64 }, synchronous),
    raw('postgres', `1000/${table}`, { own: 1, beside: 512 }, synchronous),
  ]),
]

const dynamodb: readonly Entry[] = [
  weir('dynamodb', emulator, commands),
  castore('dynamodb', 'with a stream', commands, emulator),
  castore('dynamodb', 'without a stream', ['create', 'contention'], emulator),
  castore('dynamodb', `with a stream, ${inTurn}`, ['contention'], emulator),
  castore('dynamodb', `without a stream, ${inTurn}`, ['contention'], emulator),
]

const rawOnDynamodb: readonly Entry[] = ['PutItem', 'BatchWriteItem'].map((setting) => ({
  ...{ system: 'raw', engine: 'dynamodb', setting, module: '../../peers/raw-dynamodb.ts', works: ['create'] },
  shown: setting === 'PutItem' ? 'PutItem with a condition' : 'BatchWriteItem of 25',
  durability: emulator,
  ...(setting === 'BatchWriteItem' && { callers: { own: 1, beside: 64 } }),
}))

const memory: readonly Entry[] = [
  weir('memory', gone, ['create', 'contention']),
  castore('memory', '', ['create', 'contention'], gone),
  castore('memory', inTurn, ['contention'], gone),
]

const http: readonly Entry[] = (['sqlite', 'postgres'] as const).flatMap((engine) => [
  served('weir', engine, 'weir'),
  served('raw', engine, 'bare', { shown: 'node:http that records nothing' }),
])

const emmettOverHttp: readonly Entry[] = [
  served('emmett', 'sqlite', '../../peers/emmett-sqlite.ts#FULL, one command at a time', {
    shown: 'FULL, one command at a time, node:http',
    variants: ['commands'],
  }),
  served('emmett', 'postgres', '../../peers/emmett-postgresql.ts#', { shown: 'node:http', variants: ['commands'] }),
]

/** All that takes part. */
export const entries: readonly Entry[] = [
  ...http,
  ...emmettOverHttp,
  ...sqlite,
  ...postgres,
  ...dynamodb,
  ...rawOnDynamodb,
  ...memory,
]
