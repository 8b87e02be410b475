import { Agent, type IncomingMessage, request } from 'node:http'

/** One event of a stream. */
export interface Event {
  readonly event: string
  readonly data: string
}

const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY })

/** Opens a live query and calls back with each event. Returns what ends it. */
export async function openStream(url: string, onEvent: (event: Event) => void): Promise<() => void> {
  const answer = await get(url)
  let text = ''
  answer.setEncoding('utf8')
  answer.on('data', (chunk: string) => {
    text += chunk
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n')
      text = text.slice(end + 2)
      const field = (name: string) => lines.find((line) => line.startsWith(name))?.slice(name.length)
      const data = field('data: ')
      if (data !== undefined) onEvent({ event: field('event: ') ?? '', data })
    }
  })
  return () => answer.destroy()
}

function get(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, headers: { accept: 'text/event-stream' } }, (answer) => {
      if (answer.statusCode === 200) resolve(answer)
      else reject(new Error(`${url} was answered with ${answer.statusCode}`))
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}
