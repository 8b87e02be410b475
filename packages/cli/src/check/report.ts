import type { DocumentDifference, EventFinding, PolicyFinding, ProjectionReport } from 'weir/runtime'
import { count, counted } from '../ops/words.ts'
import { paint } from '../output/pretty.ts'
import { oneLine, visible } from '../output/visible.ts'
import type { AppReport } from './check.ts'
import { differs, isFinding } from './findings.ts'

const good = paint('green', '✓')
const bad = paint('red', '✗')
const meant = paint('yellow', '~')

/** How many streams, samples or fields are shown of one thing. */
const shown = 5

/** A report, as people read it. */
export function linesOf(report: AppReport, mayDiffer: readonly string[]): string[] {
  const { app, events, findings, projections, policies } = report
  return [
    '',
    paint('bold', app),
    ...eventLines(events, findings),
    ...projections.flatMap((projection) => projectionLines(projection, mayDiffer)),
    ...policies.flatMap(policyLines),
    '',
  ]
}

function eventLines(events: number, findings: readonly EventFinding[]): string[] {
  if (findings.length === 0) return [`  ${good} ${counted(events, 'event')}: every one can be read`]
  const wrong = findings.reduce((sum, finding) => sum + finding.count, 0)
  return [
    `  ${bad} ${counted(events, 'event')}: ${counted(wrong, 'event')} with a problem`,
    ...findings.flatMap(findingLines),
  ]
}

function findingLines(finding: EventFinding): string[] {
  const { aggregate, type, schemaVersion, problem, count, first, isReadAsRecorded } = finding
  const what = type === undefined ? aggregate : `${aggregate} ${type}, version ${schemaVersion}`
  return [
    `      ${paint('bold', visible(what))}: ${oneLine(problem)}`,
    `        ${counted(count, 'event')}, the first at ${visible(first)}`,
    ...(isReadAsRecorded
      ? ['        still read as it is recorded: declare a new version with versions(…).upcast(…)']
      : []),
  ]
}

function policyLines({ policy, command, timers, streams }: PolicyFinding): string[] {
  const whose = visible(policy)
  if (command !== undefined) {
    const calls = timers === 1 ? 'calls' : 'call'
    return [
      `  ${bad} ${counted(timers, 'timer')} of '${whose}' ${calls} ${visible(command)}, which is gone`,
      '      keep the command until they have fired: without it they fail, and become dead letters',
    ]
  }
  const left = [timers > 0 ? counted(timers, 'timer') : '', streams > 0 ? counted(streams, 'stream') : '']
  return [
    `  ${bad} the policy '${whose}' is gone, and has left ${left.filter((part) => part !== '').join(' and ')}`,
    '      nothing comes of them until a policy of that name is there again',
  ]
}

function projectionLines(projection: ProjectionReport, mayDiffer: readonly string[]): string[] {
  const { name, newlyParked, noLongerParked } = projection
  const differing = differs(projection)
  const mark = isFinding(projection, mayDiffer) ? bad : differing ? meant : good
  return [
    `  ${mark} ${paint('bold', name)}: ${outcomeOf(projection)}`,
    ...whatThen(projection).map((line) => `      ${line}`),
    ...projection.sample.flatMap(sampleLines),
    ...(newlyParked.length > 0 ? [`      ${counted(newlyParked.length, 'stream')} would be parked:`] : []),
    ...some(newlyParked.map(({ stream, version, error }) => `${stream}@${version}: ${oneLine(error)}`)),
    ...(noLongerParked.length > 0
      ? [`      ${counted(noLongerParked.length, 'stream')} would not be parked any more:`]
      : []),
    ...some(noLongerParked),
  ]
}

function outcomeOf(projection: ProjectionReport): string {
  const { definition, documents, extra } = projection
  if (documents === 0 && extra > 0) return `${counted(extra, 'document')} stored, none made anew`
  const outcome = differs(projection) ? countsOf(projection) : definition === 'new' ? 'new' : 'all as stored'
  return `${counted(documents, 'document')}, ${outcome}`
}

function countsOf({ missing, extra, different }: ProjectionReport): string {
  const counts = { missing, extra, different }
  const parts = Object.entries(counts).filter(([, number]) => number > 0)
  return parts.map(([kind, number]) => `${count(number)} ${kind}`).join(', ')
}

/** What happens at the next start, and what to do if that is not meant. */
function whatThen(projection: ProjectionReport): string[] {
  if (projection.definition === 'changed') return ['its definition changed: the next start folds it anew']
  if (projection.definition === 'new' || !differs(projection)) return []
  if (projection.noLongerParked.length > 0)
    return ['the next start tries again what is parked; what differs then needs a rebuild']
  return ['its definition looks the same, so the stored documents stay: raise its revision to fold it anew']
}

function sampleLines({ id, kind, fields }: DocumentDifference): string[] {
  const word = { missing: 'not stored yet', extra: 'would be gone', different: 'would change' }[kind]
  return [`      ${visible(id)} ${word}`, ...fields.slice(0, shown).flatMap(fieldLines)]
}

function fieldLines({ path, stored, folded }: DocumentDifference['fields'][number]): string[] {
  return [
    ...(stored === undefined ? [] : [`        ${paint('red', visible(`- ${path}: ${json(stored)}`))}`]),
    ...(folded === undefined ? [] : [`        ${paint('green', visible(`+ ${path}: ${json(folded)}`))}`]),
  ]
}

function some(lines: readonly string[]): string[] {
  const more = lines.length - shown
  return [...lines.slice(0, shown), ...(more > 0 ? [`and ${more} more`] : [])].map((line) => `        ${visible(line)}`)
}

function json(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}
