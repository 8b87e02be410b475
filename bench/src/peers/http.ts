import { strict as assert } from 'node:assert'
import { Agent, type IncomingMessage, request } from 'node:http'
import { deposit } from '../definitions.ts'
import { loaded, withServer } from '../work/http.ts'
import { measureCommands } from './commands.ts'
import type { Open } from './contender.ts'
import type { Found, Job } from './job.ts'

/**
 * Requests to a server in a process of its own. Variants: `commands`, and `visible`: a command, and then what it did read
 * from the read model. Settings: `bare` and `weir`, else `<module>#<setting>` of a peer.
 */
export async function measure(job: Job): Promise<Found[]> {
  const { variant, callers, seconds } = job
  const [file, parameters] = serverOf(job)
  const {
    answered,
    sent,
    cpuMicros: _,
    ...found
  } = await withServer(file, parameters, async (url, usage) => {
    if (variant === 'commands') return loaded(url, usage, callers, seconds)
    const { made, ...figures } = await roundTrips(url, callers, seconds)
    return { ...figures, ...(await usage()), answered: made, sent: made }
  })
  await assertStored(job, answered, sent)
  return [found]
}

/** Counts what the server left behind: all that it answered is there, and nothing that it was not asked for. */
async function assertStored({ setting, place }: Job, answered: number, sent: number): Promise<void> {
  if (setting === 'bare') return
  const [module = '', own = ''] = setting === 'weir' ? ['./weir.ts'] : setting.split('#')
  const { open }: { open: Open } = await import(module)
  const contender = await open(place, own)
  const stored = await contender.events()
  await contender.close()
  assert.ok(
    answered <= stored && stored <= sent,
    `${stored} events are stored, ${answered} of ${sent} requests were answered with 201`,
  )
}

function serverOf({ setting, variant, place }: Job): [string, string[]] {
  if (setting === 'bare') return ['bare.ts', []]
  if (setting === 'weir') return ['weir.ts', [place, variant === 'visible' ? 'read-model' : 'commands']]
  const [module = '', own = ''] = setting.split('#')
  return ['peer.ts', [place, module, own]]
}

async function roundTrips(url: string, callers: number, seconds: number): Promise<Found & { made: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers })
  const body = JSON.stringify(deposit)
  let count = 0
  const roundTrip = async () => {
    const made = await ask(agent, 'POST', `${url}/accounts`, body)
    count += 1
    const { id } = JSON.parse(made.text)
    const token = made.answer.headers['consistency-token']
    const headers: Record<string, string> = typeof token === 'string' ? { 'consistency-token': token } : {}
    const read = await ask(agent, 'GET', `${url}/accounts/${encodeURIComponent(id)}`, undefined, headers)
    if (JSON.parse(read.text).balance !== deposit.amount)
      throw new Error(`A read did not show what its command did: ${read.text}`)
  }
  try {
    await measureCommands({ callers, size: 20_000, seconds: seconds / 4 }, roundTrip)
    const found = await measureCommands({ callers, size: Number.POSITIVE_INFINITY, seconds }, roundTrip)
    return { ...found, made: count }
  } finally {
    agent.destroy()
  }
}

interface Answered {
  readonly answer: IncomingMessage
  readonly text: string
}

/** Rejects when the answer is none of success. */
function ask(
  agent: Agent,
  method: 'GET' | 'POST',
  url: string,
  body?: string,
  own: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const headers = { ...own, ...(body && { 'content-type': 'application/json', 'content-length': body.length }) }
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method, headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (part: string) => {
        text += part
      })
      answer.on('end', () => {
        if ((answer.statusCode ?? 500) < 300) resolve({ answer, text })
        else reject(new Error(`${method} ${url} was answered with ${answer.statusCode}: ${text}`))
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
