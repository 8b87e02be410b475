import type { DeadLetter, DeadLetterWithEvent, DiscardedLetter } from 'weir/runtime'
import { CliError, UsageError } from '../errors.ts'
import { paint } from '../output/pretty.ts'
import { inShort, shellWord, visible } from '../output/visible.ts'
import { connect, type Operations } from './connect.ts'
import type { DiscardFlags, LetterFlags, OpsFlags } from './flags.ts'
import { say, sayHint, sayJson, sayTable } from './print.ts'

/** Shows what could not be applied, of one consumer or of all. */
export async function listLetters(consumer: string | undefined, flags: OpsFlags): Promise<number> {
  const letters = await lettersOf(await connect(flags), consumer)
  if (flags.json) sayJson(letters)
  else showLetters(letters)
  return 0
}

/** Shows what was given up, of one consumer or of all, with who and why. */
export async function listDiscarded(consumer: string | undefined, flags: OpsFlags): Promise<number> {
  const { client, base } = await connect(flags)
  const letters = await client.list<DiscardedLetter>(`${base}/discarded${ofConsumer(consumer)}`)
  if (flags.json) sayJson(letters)
  else showDiscarded(letters)
  return 0
}

/** Tries again what is parked, of one stream or of all. Answers 1 when something is parked still. */
export async function retryLetters(consumer: string, stream: string | undefined, flags: LetterFlags): Promise<number> {
  const operations = await connect(flags)
  const letters = matching(await lettersOf(operations, consumer), stream, flags)
  if (letters.length === 0) throw noLetter(consumer, stream)
  const outcomes = []
  for (const letter of letters) {
    const path = `${operations.base}/dead-letters/${encodeURIComponent(consumer)}/retry`
    const { outcome } = await operations.client.post<{ outcome: 'applied' | 'parked' }>(path, addressOf(letter))
    outcomes.push({ ...addressOf(letter), version: letter.version, outcome })
    if (!flags.json)
      say(`${outcome === 'applied' ? paint('green', '✓ applied') : paint('red', '✗ parked ')} ${placeOf(letter)}`)
  }
  if (flags.json) sayJson(outcomes)
  const isParked = outcomes.some(({ outcome }) => outcome === 'parked')
  if (isParked && !flags.json) sayHint(`Some failed again. See why: weir dead-letters list ${consumer}`)
  return isParked ? 1 : 0
}

/** Gives up one event, so that what waits behind it goes on. */
export async function discardLetter(consumer: string, stream: string, flags: DiscardFlags): Promise<number> {
  if (flags.reason.trim() === '') throw new UsageError('--reason has to say why.')
  const operations = await connect(flags)
  const [letter, ...others] = matching(await lettersOf(operations, consumer), stream, flags)
  if (!letter) throw noLetter(consumer, stream)
  if (others.length > 0) throw several(stream, [letter, ...others])
  const path = `${operations.base}/dead-letters/${encodeURIComponent(consumer)}/discard`
  const { reason } = flags
  await operations.client.post(path, { ...addressOf(letter), reason })
  if (flags.json) sayJson({ ...addressOf(letter), version: letter.version, reason })
  else say(`${paint('green', '✓')} Discarded ${placeOf(letter)}. ${whatFollows(letter)}`)
  return 0
}

function lettersOf({ client, base }: Operations, consumer: string | undefined): Promise<DeadLetterWithEvent[]> {
  return client.list(`${base}/dead-letters${ofConsumer(consumer)}`)
}

function ofConsumer(consumer: string | undefined): string {
  return consumer === undefined ? '' : `?consumer=${encodeURIComponent(consumer)}`
}

function matching(
  letters: readonly DeadLetterWithEvent[],
  stream: string | undefined,
  { document, timer }: LetterFlags,
): DeadLetterWithEvent[] {
  return letters.filter(
    (letter) =>
      (stream === undefined || letter.stream === stream) &&
      (document === undefined || letter.document === document) &&
      (timer === undefined || letter.timer === timer),
  )
}

function addressOf({ stream, document, timer }: DeadLetter) {
  return { stream, ...(document != null && { document }), ...(timer != null && { timer }) }
}

function showLetters(letters: readonly DeadLetterWithEvent[]): void {
  const rows = letters.map((letter) => [
    letter.consumer,
    placeOf(letter),
    letter.event?.type ?? '(unreadable)',
    letter.attempts,
    letter.since,
    { style: 'red', text: inShort(letter.error) } as const,
  ])
  sayTable(['consumer', 'place', 'event', 'attempts', 'since', 'error'], rows, 'There are no dead letters.')
  if (letters.length === 0) return
  sayHint('Mend what failed, then: weir dead-letters retry <consumer> [stream]')
  say('  Or give one up:        weir dead-letters discard <consumer> <stream> --reason "…"')
}

function showDiscarded(letters: readonly DiscardedLetter[]): void {
  const rows = letters.map((letter) => [
    letter.at,
    letter.consumer,
    placeOf(letter),
    letter.actor,
    inShort(letter.reason),
    inShort(letter.error),
  ])
  sayTable(['discarded', 'consumer', 'place', 'by', 'reason', 'error'], rows, 'Nothing was discarded.')
}

function whatFollows({ timer }: DeadLetter): string {
  return timer == null ? 'What waited behind it goes on.' : 'Its command is not issued.'
}

type Place = Pick<DeadLetter, 'stream' | 'version' | 'document'> & Partial<Pick<DeadLetter, 'timer'>>

/** Document and timer stand as one gives them to --document and --timer. */
function placeOf({ stream, version, document, timer }: Place): string {
  const of = document == null ? '' : ` on document ${shellWord(document)}`
  return `${visible(stream)}@${version}${timer == null ? of : ` timer ${shellWord(timer)}`}`
}

function noLetter(consumer: string, stream: string | undefined): CliError {
  const which = stream === undefined ? '' : ` at the stream ${stream}`
  return new CliError(`${consumer} has no dead letter${which}. See what there is: weir dead-letters list`)
}

function several(stream: string, letters: readonly DeadLetter[]): CliError {
  const places = letters.map((letter) => `\n  ${placeOf(letter)}`).join('')
  return new CliError(`The stream ${stream} has several. Choose one with --document or --timer:${places}`)
}
