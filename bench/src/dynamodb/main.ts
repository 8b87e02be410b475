import { strict as assert } from 'node:assert'
import { parseArgs } from 'node:util'
import { startDynoxide } from '@weir/engine-dynamodb/local'
import { deposit } from '../definitions.ts'
import { ask, percentile, perSecond } from '../measure.ts'
import { openCastore } from './castore.ts'
import type { Contender } from './contender.ts'
import { openWeir } from './weir.ts'

const HELP = `Takes deposits with Weir and with Castore in turns, on one DynamoDB of this machine (dynoxide), and checks every result.

  npm run bench:dynamodb                  64 callers, 5 rounds
  npm run bench:dynamodb -- --rounds 1

Tables with a stream, as both need it for what follows from events, and without one.`

const { values } = parseArgs({
  options: {
    callers: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '5' },
    help: { type: 'boolean', default: false },
  },
})
const [callers, rounds] = [Number(values.callers), Number(values.rounds)]

/** What is to be reached, as a multiple of Castore's rate. */
const wanted = { distinct: 2, hot: 20 }

type Work = keyof typeof wanted

/** Each caller deposits into accounts that nobody else has, so many times into each. */
const timesEach = 5
const accountsEach = 3

/** How many deposits go into one account: Castore gets fewer, since each is slow. */
const hotCommands: Readonly<Record<string, number>> = { Castore: 64, Weir: 10_000 }

async function distinct(contender: Contender, round: number): Promise<number> {
  const account = (caller: number, index: number) => `${round}-${caller}-${index}`
  const rate = await perSecond(callers * accountsEach * timesEach, async () => {
    await Promise.all(Array.from({ length: callers }, (_, caller) => depositInTurn(contender, caller, account)))
    await contender.settled()
  })
  const last = account(callers - 1, accountsEach - 1)
  assert.equal(await contender.versionOf(last), timesEach, 'every deposit is there')
  return rate
}

async function depositInTurn(
  contender: Contender,
  caller: number,
  account: (caller: number, index: number) => string,
): Promise<void> {
  for (let index = 0; index < accountsEach; index += 1) {
    for (let time = 1; time <= timesEach; time += 1)
      assert.equal(await contender.deposit(account(caller, index), deposit), time)
  }
}

async function hot(contender: Contender, round: number): Promise<number> {
  const commands = hotCommands[contender.name] ?? 0
  const versions: number[] = []
  const rate = await perSecond(commands, async () => {
    await ask(callers, commands, async () => void versions.push(await contender.deposit(`hot-${round}`, deposit)))
    await contender.settled()
  })
  const inOrder = versions.toSorted((a, b) => a - b)
  assert.ok(inOrder.every((version, index) => version === index + 1) && inOrder.length === commands)
  assert.equal(await contender.versionOf(`hot-${round}`), commands)
  return rate
}

const works: Readonly<Record<Work, (contender: Contender, round: number) => Promise<number>>> = { distinct, hot }

async function main(): Promise<void> {
  for (const hasStream of [true, false]) {
    for (const work of ['distinct', 'hot'] as const) report(work, hasStream, await compare(work, hasStream))
  }
}

const contenders = [openCastore, openWeir]

/** The rates of each contender, round by round. The first round is for the compiler. */
async function compare(work: Work, hasStream: boolean): Promise<number[][]> {
  const rates = contenders.map((): number[] => [])
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, open] of contenders.entries()) {
      const rate = await onFreshTables((endpoint) => open(endpoint, hasStream), works[work], round)
      if (round > 0) rates[index]?.push(rate)
    }
  }
  return rates
}

/** The emulator takes longer for each write, the more its streams hold: so each begins with nothing. */
async function onFreshTables(
  open: (endpoint: string) => Promise<Contender>,
  work: (contender: Contender, round: number) => Promise<number>,
  round: number,
): Promise<number> {
  const { endpoint, stop } = await startDynoxide()
  try {
    const contender = await open(endpoint)
    try {
      return await work(contender, round)
    } finally {
      await contender.close()
    }
  } finally {
    await stop()
  }
}

function report(work: Work, hasStream: boolean, [castore = [], weir = []]: readonly number[][]): void {
  const what = `${work === 'hot' ? 'one hot stream' : 'distinct streams'}, ${hasStream ? 'with' : 'without'} a stream`
  const figure = (rates: readonly number[]) =>
    `${Math.round(percentile(rates, 0.5)).toLocaleString('en').padStart(7)}/s`
  // Of the same round, so that what else the machine does falls on both alike.
  const times = percentile(
    weir.map((rate, round) => rate / (castore[round] ?? 0)),
    0.5,
  )
  const line = `Castore${figure(castore)}   Weir${figure(weir)}   ${times.toFixed(1)} × (wanted: ${wanted[work]} ×)`
  say(`${what.padEnd(40)}${line}`)
  if (times < wanted[work]) process.exitCode = 1
}

function say(what: string): void {
  process.stdout.write(`${what}\n`)
}

if (values.help) say(HELP)
else await main()
