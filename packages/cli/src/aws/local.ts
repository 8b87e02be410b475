import { join } from 'node:path'
import type { LocalCloud, LocalCloudOptions } from '@weir/aws/local'
import type { Logger } from 'weir/ports'
import { prepareDirectory } from '../data-directory.ts'
import { loadEnvironment } from '../environment.ts'
import { CliError } from '../errors.ts'
import type { MadeKeys } from '../keys.ts'
import { localKeys } from '../keys-file.ts'
import { untilStopped } from '../lifecycle.ts'
import type { StartedAt } from '../output/banner.ts'
import { type Flags, readSettings } from '../settings.ts'
import { version } from '../version.ts'
import { functionLine } from './function-line.ts'

/**
 * Runs synthesised stacks on this machine until the process is told to stop.
 *
 * @param cdkOut what `cdk synth` has written
 * @throws CliError, LocalCloudError when it cannot be
 */
export async function runLocalCloud(cdkOut: string, flags: Flags): Promise<void> {
  loadEnvironment()
  const { WEIR_DATA, API_KEY, WEIR_OPERATOR_KEY, WEIR_READER_KEY } = process.env
  const settings = readSettings(flags, process.env)
  const [{ openOutput }, { startLocalCloud }] = await Promise.all([import('../output/output.ts'), importLocal()])
  const { logger, announce, print } = openOutput(settings.logLevel)
  const data = prepareDirectory(flags.data ?? join(WEIR_DATA || './data', 'aws'))
  const made = localKeys(data)
  const starting = startLocalCloud({
    cdkOut,
    data,
    port: settings.port,
    host: settings.host,
    databaseUrl: settings.database,
    keys: {
      apiKey: API_KEY || made.apiKey,
      operatorKey: WEIR_OPERATOR_KEY || made.operatorKey,
      readerKey: WEIR_READER_KEY,
    },
    environment: { LOG_LEVEL: settings.logLevel },
    onLog: (line) => print(functionLine(line)),
    onProgress: (progress) => tell(progress, logger),
  })
  untilStopped(starting, logger)
  const cloud = await starting
  for (const notice of cloud.notices) logger.warn({}, notice)
  const shown = {
    path: made.path,
    apiKey: API_KEY ? undefined : cloud.keys.apiKey,
    operatorKey: WEIR_OPERATOR_KEY ? undefined : cloud.keys.operatorKey,
  }
  announce(await announcement(cloud, shown))
}

async function importLocal(): Promise<typeof import('@weir/aws/local')> {
  try {
    return await import('@weir/aws/local')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ERR_MODULE_NOT_FOUND' || !message.includes("'@weir/aws'")) throw error
    throw new CliError('weir aws local needs the package @weir/aws: npm install --save-dev @weir/aws', { cause: error })
  }
}

function tell(
  { step, milliseconds }: Parameters<NonNullable<LocalCloudOptions['onProgress']>>[0],
  logger: Logger,
): void {
  if (milliseconds === undefined) logger.info({}, `starting ${step}`)
  else logger.info({ milliseconds }, `${step} ready`)
}

/** @param keys that were made for this folder, as far as they are in use */
async function announcement(cloud: LocalCloud, keys: MadeKeys): Promise<StartedAt> {
  const { url, apps, data, functions, tables, queues } = cloud
  const [hasPages, hasConsole] = await Promise.all([isPage(`${url}/`), isPage(`${url}/console/`)])
  return {
    ...{ version: version(), url, apps, data, works: true, hasPages, hasConsole },
    keys: keys.apiKey || keys.operatorKey ? keys : undefined,
    more: [
      ['cloud', `${functions.length} functions, ${tables.length} tables, ${queues.length} queues`],
      ['logs', join(data, 'functions.log')],
    ],
    milliseconds: Math.round(performance.now()),
  }
}

async function isPage(url: string): Promise<boolean> {
  const answer = await fetch(url, { headers: { accept: 'text/html' } }).catch(() => undefined)
  await answer?.arrayBuffer()
  return answer?.status === 200 && (answer.headers.get('content-type')?.startsWith('text/html') ?? false)
}
