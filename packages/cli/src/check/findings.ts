import type { HistoryReport, ProjectionReport } from 'weir/runtime'

/** Whether nothing was found but differences that are meant. */
export function isClean({ findings, projections, policies }: HistoryReport, mayDiffer: readonly string[]): boolean {
  const found = findings.length + policies.length
  return found === 0 && projections.every((projection) => !isFinding(projection, mayDiffer))
}

/** Whether something is wrong with a projection: streams that would be parked are, also where documents may differ. */
export function isFinding(projection: ProjectionReport, mayDiffer: readonly string[]): boolean {
  return projection.newlyParked.length > 0 || (differs(projection) && !mayDiffer.includes(projection.name))
}

export function differs({ missing, extra, different }: ProjectionReport): boolean {
  return missing + extra + different > 0
}
