import { paint } from '../output/pretty.ts'
import { count, duration, percent } from './words.ts'

/** How far something has come. */
interface Stage {
  readonly done: number
  readonly total: number
  readonly eventsPerSecond: number
  readonly secondsLeft: number | undefined
}

/** Shows how far something comes, while it does. */
export interface Progress {
  show(stage: Stage): void
  /** Ends the line, if one is open. */
  end(): void
}

const cells = 24

/** A bar that moves on a terminal; else a line every ten percent. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? bar(stream) : lines(stream)
}

/** `620,000/1,000,000 · 85,000 events/s · 5 s left`: fits on a line beside a bar. */
function stageText({ done, total, eventsPerSecond, secondsLeft = 0 }: Stage): string {
  return [
    `${count(done)}/${count(total)}`,
    ...(eventsPerSecond > 0 ? [`${count(eventsPerSecond)} events/s`] : []),
    ...(secondsLeft > 0 ? [`${duration(secondsLeft)} left`] : []),
  ].join(' · ')
}

function bar(stream: NodeJS.WriteStream): Progress {
  let isOpen = false
  return {
    show: (stage) => {
      isOpen = true
      const done = percent(stage.done, stage.total)
      const full = Math.round((cells * done) / 100)
      const drawn = paint('green', '█'.repeat(full)) + paint('gray', '░'.repeat(cells - full))
      const room = (stream.columns || 80) - cells - 9
      // Back to the start of the line, which is then cleared behind the text.
      stream.write(`\r  ${drawn} ${String(done).padStart(3)} % ${stageText(stage).slice(0, room)}\x1b[K`)
    },
    end: () => {
      if (isOpen) stream.write('\n')
      isOpen = false
    },
  }
}

function lines(stream: NodeJS.WriteStream): Progress {
  let next = 0
  return {
    show: (stage) => {
      const done = percent(stage.done, stage.total)
      if (done < next) return
      stream.write(`${done} %: ${stageText(stage)}\n`)
      next = done - (done % 10) + 10
    },
    end: () => {},
  }
}
