import { parseArgs } from 'node:util'
import { inOwnProcess, inTemporaryFolder } from '../measure.ts'
import { type Latency, Load } from './load.ts'
import { Readers } from './readers.ts'
import { Reference } from './reference.ts'
import { type Progress, type Server, startServer, until } from './server.ts'

const HELP = `Rebuilds a read model while commands arrive and readers poll, and checks all that they see (G8, G9).

  npm run bench:rebuild                    1,000,000 events, 2,000 accounts, 500 commands/s (some minutes)
  npm run bench:rebuild -- --events 50000  fewer
  npm run bench:rebuild -- --rate 1000     more commands
  npm run bench:rebuild -- --readers 8     of each of three kinds; 4 if not given

First without a rebuild, then during one, then once more with SIGKILL in the middle of a rebuild and a restart. Fails
as soon as a reader sees anything wrong.`

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    accounts: { type: 'string', default: '2000' },
    rate: { type: 'string', default: '500' },
    readers: { type: 'string', default: '4' },
    help: { type: 'boolean', default: false },
  },
})

const IDLE_SECONDS = 15

interface Traffic {
  readonly load: Load
  readonly readers: Readers
}

async function main(directory: string): Promise<void> {
  const accounts = Number(values.accounts)
  const each = Math.ceil(Number(values.events) / accounts)
  say(`recording ${(accounts * each).toLocaleString('en')} events of ${accounts} accounts`)
  await inOwnProcess('rebuild/record.ts', directory, String(accounts), String(each))
  const reference = new Reference(accounts, each)
  await rebuildUnderLoad(await startServer(directory), reference)
  await rebuildOverKill(directory, reference)
  say('All readers saw what they should, and the read model is what the events make of it.')
}

async function rebuildUnderLoad(server: Server, reference: Reference): Promise<void> {
  const traffic = await startTraffic(server, reference)
  await pause(2)
  traffic.load.take()
  await pause(IDLE_SECONDS)
  const idle = traffic.load.take()
  sayLatency('without a rebuild', idle)
  const seconds = await rebuild(server)
  const busy = traffic.load.take()
  sayLatency('during the rebuild', busy)
  const { total } = await server.operate('GET', '/rebuild')
  say(`rebuilt ${total.toLocaleString('en')} events in ${seconds.toFixed(1)} s: ${perSecond(total, seconds)} events/s`)
  say(`p99 of commands: ${(busy.p99Ms / idle.p99Ms).toFixed(1)} times what it is without (wanted: less than 5)`)
  const reads = await stopTraffic(traffic)
  say(`${reads.toLocaleString('en')} reads were right; the server used ${server.memory()} MiB at most`)
  await compare(server, reference)
  await server.stop('SIGTERM')
}

/** Kills the server in the middle: the rebuild goes on where it was, while commands arrive again. */
async function rebuildOverKill(directory: string, reference: Reference): Promise<void> {
  const first = await startServer(directory)
  const { generation } = await first.operate('POST', '/rebuild')
  const before = await progressFrom(first, 0.4)
  await first.stop('SIGKILL')
  const second = await startServer(directory)
  const after = await second.operate('GET', '/rebuild')
  say(`killed at ${share(before)}; after the restart it is ${after.state} at ${share(after)}`)
  if (after.generation !== generation || after.done < before.done * 0.9) throw new Error('The rebuild did not go on')
  const traffic = await startTraffic(second, reference)
  await untilDone(second)
  await stopTraffic(traffic)
  await compare(second, reference)
  await second.stop('SIGTERM')
}

async function startTraffic({ url }: Server, reference: Reference): Promise<Traffic> {
  const load = new Load(url, reference, Number(values.rate))
  const readers = new Readers(url, reference, 'one')
  await load.warmUp()
  load.start()
  readers.start(Number(values.readers))
  return { load, readers }
}

async function stopTraffic({ load, readers }: Traffic): Promise<number> {
  await load.stop()
  return readers.stop()
}

/** @returns how many seconds it took */
async function rebuild(server: Server): Promise<number> {
  const start = performance.now()
  await server.operate('POST', '/rebuild')
  await untilDone(server)
  return (performance.now() - start) / 1000
}

async function untilDone(server: Server): Promise<void> {
  await until(async () => {
    const { state } = await server.operate('GET', '/rebuild')
    if (state !== 'running' && state !== 'done') throw new Error(`The rebuild is ${state}`)
    return state === 'done'
  }, 100)
}

async function progressFrom(server: Server, least: number): Promise<Progress> {
  let progress = await server.operate('GET', '/rebuild')
  await until(async () => {
    progress = await server.operate('GET', '/rebuild')
    return progress.done >= progress.total * least
  })
  if (progress.state !== 'running') throw new Error('The rebuild was over before it could be killed: take more events')
  return progress
}

/** Reads every document with the token of the last deposit in its account. */
async function compare(server: Server, reference: Reference): Promise<void> {
  for (const id of reference.ids) {
    const token = reference.token(id)
    const headers: Record<string, string> = token === undefined ? {} : { 'consistency-token': token }
    const answer = await fetch(`${server.url}/accounts/${id}`, { headers })
    const { balance } = (await answer.json()) as { balance: number }
    if (Reference.depositsIn(balance) !== reference.acknowledged(id))
      throw new Error(`${id} has a balance of ${balance}`)
  }
}

function sayLatency(when: string, { commands, p50Ms, p99Ms, longestMs }: Latency): void {
  const figures = [`p50 ${p50Ms.toFixed(1)}`, `p99 ${p99Ms.toFixed(1)}`, `longest ${longestMs.toFixed(1)} ms`]
  say(`${commands.toLocaleString('en')} commands ${when}: ${figures.join(', ')}`)
}

const share = ({ done, total }: Progress) => `${Math.round((100 * done) / total)} %`
const perSecond = (count: number, seconds: number) => Math.round(count / seconds).toLocaleString('en')
const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000))

function say(what: string): void {
  process.stdout.write(`${what}\n`)
}

if (values.help) say(HELP)
else await inTemporaryFolder(main)
