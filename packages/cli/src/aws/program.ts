import type { Command } from 'commander'
import { examples } from '../help.ts'
import type { Flags } from '../settings.ts'

const localHelp = `
Reads the templates and bundles that cdk synth has written, and runs what they
say: DynamoDB, SNS, SQS, Step Functions, Secrets Manager and EventBridge are
imitated, functions run in threads of their own, read models are in a real
PostgreSQL. The addresses are those that weir start has. It needs the package
@weir/aws.

With DATABASE_URL, from the environment or the file .env, that PostgreSQL is
used, else one is started on the data folder. API_KEY, WEIR_OPERATOR_KEY,
WEIR_READER_KEY, PORT and LOG_LEVEL are taken as by weir start; keys that are
missing are made and printed. What functions write is in functions.log of the
data folder, too.`

/** Adds the commands about AWS. */
export function addAws(program: Command): void {
  const aws = program.command('aws').description('run applications as they run on AWS')
  aws
    .command('local')
    .argument('[assembly]', 'folder that cdk synth has written', 'cdk.out')
    .description('run the synthesised stacks on this machine')
    .option('-p, --port <number>', 'port to listen on, 0 for any free one (default: 3000)')
    .option('-d, --data <folder>', 'what keeps everything (default: ./data/aws)')
    .option('--host <address>', 'address to listen on, 0.0.0.0 for all of this machine (default: 127.0.0.1)')
    .addHelpText('after', `${localHelp}\n${examples(['weir aws local', 'weir aws local infra/cdk.out --port 4000'])}`)
    .action(async (assembly: string, flags: Flags) => {
      const { runLocalCloud } = await import('./local.ts')
      await runLocalCloud(assembly, flags)
    })
}
