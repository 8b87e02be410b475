import { medianOf } from '../measure.ts'
import type { Places } from '../places.ts'
import { type Case, isQuick } from './cases.ts'
import { type Entry, entries } from './contenders.ts'
import type { Answer, Failure, Found, Job, NoFigure, Row } from './job.ts'
import { inChild } from './rounds.ts'
import { preparations } from './works.ts'

/** What a comparison found: figures, and what has none. */
export interface Compared {
  readonly rows: readonly Row[]
  readonly failures: readonly Failure[]
}

type Run = Found & { readonly rssMb: number }

/**
 * Lets all who take part in a case take turns, so that what else the machine does falls on all alike. Who fails once is
 * out, and its error is in the answer.
 *
 * @param note called with what comes next
 */
export async function compare(
  one: Case,
  places: Places,
  { runs, quick }: { readonly runs: number; readonly quick: boolean },
  note: (what: string) => void,
): Promise<Compared> {
  const takers = entries.filter((entry) => takesPart(entry, one) && (!quick || isQuick(entry, one)))
  const runsOf = new Map<Entry, Run[]>(takers.map((entry) => [entry, []]))
  const failures: Failure[] = []
  for (let round = 1; round <= runs; round += 1) {
    for (const [entry, found] of runsOf) {
      note(`${labelOf(one)}: ${nameOf(entry)}, run ${round} of ${runs}`)
      const answer = await runOnce(one, entry, places)
      if ('found' in answer) {
        found.push(...answer.found.map((each) => ({ rssMb: answer.rssMb, ...each })))
        continue
      }
      failures.push({ ...keyOf(one, entry), ...answer })
      runsOf.delete(entry)
    }
  }
  return { rows: [...runsOf].flatMap(([entry, found]) => rowsOf(one, entry, found)), failures }
}

function takesPart({ engine, works, callers, variants }: Entry, one: Case): boolean {
  if (variants && !variants.includes(one.variant ?? '')) return false
  return engine === one.engine && works.includes(one.work) && (callers?.beside ?? one.callers) === one.callers
}

function nameOf({ system, shown, setting }: Entry): string {
  return [system, shown ?? setting].filter(Boolean).join(', ')
}

/** As people read it. */
export function labelOf({
  work,
  variant,
  engine,
  callers,
}: Pick<Case, 'work' | 'variant' | 'engine' | 'callers'>): string {
  return [`${work} on ${engine}`, variant, callers > 1 && `${callers} callers`].filter(Boolean).join(', ')
}

function keyOf(
  { work, engine, variant, callers }: Case,
  entry: Entry,
): Omit<Failure, keyof NoFigure> & Pick<Row, 'beside'> {
  const setting = entry.shown ?? entry.setting
  return {
    work,
    ...(variant && { variant }),
    engine,
    system: entry.system,
    ...(setting && { setting }),
    callers: entry.callers?.own ?? callers,
    ...(entry.callers && { beside: entry.callers.beside }),
    measured: new Date().toISOString().slice(0, 10),
  }
}

function runOnce(one: Case, entry: Entry, places: Places): Promise<Answer> {
  return places.use(async (place) => {
    const { work, engine, variant, seconds, size } = one
    const callers = entry.callers?.own ?? one.callers
    const events = Math.min(one.events, entry.most?.[work] ?? one.events)
    const { module, setting } = entry
    const job: Omit<Job, 'step'> = {
      ...{ work, engine, callers, size, events, seconds, module, setting, place },
      ...(variant && { variant }),
    }
    if (work in preparations) {
      const prepared = await inChild({ ...job, step: 'prepare' }, one.limitSeconds)
      if ('error' in prepared) return prepared
    }
    return inChild({ ...job, step: 'run' }, one.limitSeconds)
  })
}

/** A row for each variant that the runs found, in the order in which they came. */
function rowsOf(one: Case, entry: Entry, all: readonly Run[]): Row[] {
  const variants = [...new Set(all.map(({ variant }) => variant))]
  return variants.map((variant) => {
    const runs = all.filter((run) => run.variant === variant)
    const { failures = {}, ...median } = medianOf(runs)
    const hasFailed = Object.keys(failures).length > 0
    return { ...keyOf(one, entry), ...median, runs: runs.length, ...(hasFailed && { failures }) }
  })
}
