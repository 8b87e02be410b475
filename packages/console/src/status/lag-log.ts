import type { ProjectionStatus } from '../api/shapes.ts'

/** What was seen of a lag: moments in milliseconds, and events behind. */
export interface LagSeries {
  readonly at: readonly number[]
  readonly lag: readonly number[]
}

const kept = 600

/** Remembers the lag of projections since the page was opened; of each at most 600 looks. */
export class LagLog {
  readonly #series = new Map<string, { at: number[]; lag: number[] }>()

  note(app: string, projections: readonly Pick<ProjectionStatus, 'name' | 'lag'>[], now: number): void {
    for (const { name, lag } of projections) {
      const series = this.#of(app, name)
      series.at.push(now)
      series.lag.push(lag)
      if (series.at.length > kept) for (const values of [series.at, series.lag]) values.shift()
    }
  }

  of(app: string, projection: string): LagSeries {
    return this.#of(app, projection)
  }

  #of(app: string, projection: string): { at: number[]; lag: number[] } {
    const name = `${app}/${projection}`
    const series = this.#series.get(name) ?? { at: [], lag: [] }
    this.#series.set(name, series)
    return series
  }
}
