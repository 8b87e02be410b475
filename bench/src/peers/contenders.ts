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
  /** Of an entry whose callers are always as many: those that stand in the row, and the case that it takes part in. */
  readonly callers?: { readonly own: number; readonly beside: number }
  /** How much of the events of a work that has a fixed number of them, where all would take for ever. */
  readonly share?: Partial<Record<WorkName, number>>
  /** What is durable when a call is answered. */
  readonly durability: string
}

const walFull = 'WAL, synchronous=FULL'

const sqlite: readonly Entry[] = [
  {
    system: 'weir',
    engine: 'sqlite',
    setting: '',
    module: './weir.ts',
    works: ['create', 'contention'],
    durability: walFull,
  },
  ...['FULL', 'FULL, one command at a time', 'NORMAL'].map(
    (setting): Entry => ({
      system: 'emmett',
      engine: 'sqlite',
      setting,
      module: '../../peers/emmett-sqlite.ts',
      works: setting === 'NORMAL' ? ['create'] : ['create', 'contention'],
      durability: setting === 'NORMAL' ? 'WAL, synchronous=NORMAL: the last commits may be lost with power' : walFull,
    }),
  ),
  ...['1/bare', '1/log', '1000/bare', '1000/log'].map((setting): Entry => rawOnSqlite(setting)),
]

function rawOnSqlite(setting: string): Entry {
  const [rows, table] = setting.split('/')
  return {
    system: 'raw',
    engine: 'sqlite',
    setting,
    shown: `${rows === '1' ? 'single rows' : '1,000 rows a transaction'}, ${table === 'bare' ? 'bare table' : "the log's key and index"}`,
    module: './raw-sqlite.ts',
    works: ['create'],
    callers: { own: 1, beside: rows === '1' ? 1 : 512 },
    durability: walFull,
  }
}

const dynamodb: readonly Entry[] = [
  {
    system: 'weir',
    engine: 'dynamodb',
    setting: 'with a stream',
    module: './weir.ts',
    works: ['create', 'contention'],
    durability: 'as DynamoDB has it: dynoxide on this machine',
  },
  ...['with a stream', 'without a stream'].map(
    (setting): Entry => ({
      system: 'castore',
      engine: 'dynamodb',
      setting,
      module: '../../peers/castore.ts',
      works: ['create', 'contention'],
      durability: 'as DynamoDB has it: dynoxide on this machine',
    }),
  ),
]

const memory: readonly Entry[] = (['weir', 'castore'] as const).map((system) => ({
  system,
  engine: 'memory',
  setting: '',
  module: system === 'weir' ? './weir.ts' : '../../peers/castore.ts',
  works: ['create', 'contention'],
  durability: 'none: it is gone with the process',
}))

/** All that takes part. */
export const entries: readonly Entry[] = [...sqlite, ...dynamodb, ...memory]
