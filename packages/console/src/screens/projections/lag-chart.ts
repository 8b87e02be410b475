import 'uplot/dist/uPlot.min.css'
import uPlot from 'uplot'
import type { LagSeries } from '../../status/lag-log.ts'

export interface LagChart {
  /** Draws what was seen, in the colours that hold now. */
  show(series: LagSeries): void
  remove(): void
}

const height = 170

/** A chart of a lag over time, as wide as its place. */
export function lagChart(place: HTMLElement): LagChart {
  const plot = new uPlot(optionsFor(place), dataOf({ at: [], lag: [] }), place)
  const resized = new ResizeObserver(() => plot.setSize({ width: widthOf(place), height }))
  resized.observe(place)
  return {
    show: (series) => plot.setData(dataOf(series)),
    remove: () => {
      resized.disconnect()
      plot.destroy()
    },
  }
}

function optionsFor(place: HTMLElement): uPlot.Options {
  const colour = (name: string) => () => colourOf(place, name)
  const axis = {
    stroke: colour('--muted'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line'), width: 1 },
    font: '11px system-ui, sans-serif',
  }
  return {
    width: widthOf(place),
    height,
    legend: { show: false },
    cursor: { y: false, drag: { x: false } },
    scales: { y: { range: (_, __, most) => [0, Math.max(5, most * 1.1)] } },
    axes: [
      { ...axis, values: '{HH}:{mm}:{ss}', space: 90 },
      { ...axis, size: 52, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7] },
    ],
    series: [{}, { stroke: colour('--accent'), fill: colour('--accent-ground'), width: 1.5, points: { show: false } }],
  }
}

/** In seconds, and at least a minute: of one moment alone uPlot would show a day. */
function dataOf({ at, lag }: LagSeries): uPlot.AlignedData {
  const end = at.at(-1) ?? Date.now()
  const start = Math.min(at[0] ?? end, end - 60_000)
  return [[start, ...at].map((moment) => moment / 1000), [null, ...lag]]
}

/** A colour of the style sheet as it is now: `light-dark()` is settled on the element, not in the variable. */
function colourOf(place: HTMLElement, name: string): string {
  const probe = document.createElement('i')
  probe.style.color = `var(${name})`
  place.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

function widthOf(place: HTMLElement): number {
  const { paddingLeft, paddingRight } = getComputedStyle(place)
  return Math.max(200, place.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight))
}
