import { Agent, type IncomingMessage, request } from 'node:http'
import { deposit } from '../definitions.ts'
import { loaded, withServer } from '../work/http.ts'
import { measureCommands } from './commands.ts'
import type { Found, Job } from './job.ts'

/**
 * Requests to a server in a process of its own. Variants: `commands`, and `visible`: a command, and then what it did read
 * from the read model. Settings: `bare` and `weir`, else `<module>#<setting>` of a peer.
 */
export function measure(job: Job): Promise<Found[]> {
  const { variant, callers, seconds } = job
  const [file, parameters] = serverOf(job)
  return withServer(file, parameters, async (url, usage) => {
    if (variant === 'commands') {
      const { perSecond, p50Ms, p99Ms, rssMb } = await loaded(url, usage, callers, seconds)
      return [{ count: Math.round(perSecond * seconds), perSecond, p50Ms, p99Ms, rssMb }]
    }
    const found = await roundTrips(url, callers, seconds)
    return [{ ...found, rssMb: (await usage()).rssMb }]
  })
}

function serverOf({ setting, variant, place }: Job): [string, string[]] {
  if (setting === 'bare') return ['bare.ts', []]
  if (setting === 'weir') return ['weir.ts', [place, variant === 'visible' ? 'read-model' : 'commands']]
  const [module = '', own = ''] = setting.split('#')
  return ['peer.ts', [place, module, own]]
}

async function roundTrips(url: string, callers: number, seconds: number): Promise<Found> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers })
  const body = JSON.stringify(deposit)
  const roundTrip = async () => {
    const made = await ask(agent, 'POST', `${url}/accounts`, body)
    const { id } = JSON.parse(made.text)
    const token = made.answer.headers['consistency-token']
    const headers: Record<string, string> = typeof token === 'string' ? { 'consistency-token': token } : {}
    const { answer } = await ask(agent, 'GET', `${url}/accounts/${encodeURIComponent(id)}`, undefined, headers)
    if ((answer.headers['consistency-status'] ?? 'reached') !== 'reached')
      throw new Error('A read did not show its command')
  }
  try {
    await measureCommands({ callers, size: 20_000, seconds: seconds / 4 }, roundTrip)
    return await measureCommands({ callers, size: Number.POSITIVE_INFINITY, seconds }, roundTrip)
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
