import { AppendTelemetry } from './telemetry-appends.ts'
import { CommandTelemetry } from './telemetry-commands.ts'
import { ConsumerTelemetry } from './telemetry-consumers.ts'
import { installedSdk } from './telemetry-sdk.ts'

/**
 * What an application tells OpenTelemetry.
 *
 * 1. Without an SDK there is none of it: work is then done as it is, and costs what it cost before.
 * 2. It watches: no id, time or outcome depends on it. All that it adds to history is the `traceparent` of events.
 * 3. Work that was asked for hangs under who asked, also much later; work that many share, such as an append, is a trace
 *    of its own with links to what led to it.
 */
export interface Telemetry {
  readonly commands: CommandTelemetry
  readonly appends: AppendTelemetry
  readonly consumers: ConsumerTelemetry
}

/** Undefined when the process has no SDK. */
export function telemetryOf(app: string): Telemetry | undefined {
  const sdk = installedSdk()
  if (!sdk) return undefined
  return {
    commands: new CommandTelemetry(app, sdk),
    appends: new AppendTelemetry(app, sdk),
    consumers: new ConsumerTelemetry(app, sdk),
  }
}
