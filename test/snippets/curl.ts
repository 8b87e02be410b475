import { request } from 'node:http'
import { parseArgs } from 'node:util'

/** As much of `curl` as the documentation uses, for machines that have none: -s, -i, -g, -X, -H and -d. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    silent: { type: 'boolean', short: 's' },
    include: { type: 'boolean', short: 'i' },
    globoff: { type: 'boolean', short: 'g' },
    request: { type: 'string', short: 'X' },
    header: { type: 'string', short: 'H', multiple: true, default: [] },
    data: { type: 'string', short: 'd' },
  },
})

const [address = ''] = positionals
const method = values.request ?? (values.data === undefined ? 'GET' : 'POST')
const type = values.data === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
const given = values.header.map((header) => [header.split(':', 1)[0]?.toLowerCase(), header.replace(/^[^:]*:\s*/, '')])
const headers = { ...type, ...Object.fromEntries(given) }

request(`http://${address}`, { method, headers }, (answer) => {
  const lines = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`]
  for (const [name, value] of Object.entries(answer.headers)) lines.push(`${name}: ${value}`)
  if (values.include) process.stdout.write(`${lines.join('\r\n')}\r\n\r\n`)
  answer.pipe(process.stdout)
}).end(values.data)
