import { parseArgs } from 'node:util'
import { startAccounts } from './cloud.ts'
import { rebuildOnCloud } from './rebuild.ts'

const HELP = `Rebuilds a read model by the state machine on a local cloud while commands arrive and readers look (G8, G9).

  npm run bench:aws-rebuild                    100,000 events, 1,000 accounts, 20 commands/s (some minutes)
  npm run bench:aws-rebuild -- --events 10000  fewer

Fails as soon as a reader sees anything wrong, or when an event is missing or doubled in the end.`

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '100000' },
    accounts: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '20' },
    readers: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
})

async function main(): Promise<void> {
  const accounts = await startAccounts()
  try {
    const { seconds, commands, reads } = await rebuildOnCloud(accounts, {
      events: Number(values.events),
      accounts: Number(values.accounts),
      rate: Number(values.rate),
      readers: Number(values.readers),
      say,
    })
    say(`rebuilt and switched in ${seconds.toFixed(1)} s; ${commands} commands and ${reads} reads meanwhile were right`)
  } finally {
    await accounts.stop()
  }
}

function say(what: string): void {
  process.stdout.write(`${what}\n`)
}

if (values.help) say(HELP)
else await main()
