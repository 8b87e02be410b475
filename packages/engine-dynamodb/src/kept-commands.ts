import type { CommandRecord } from 'weir/ports'

/** A record of a command as a commit keeps it, with the writing of both. */
export interface KeptCommand {
  readonly record: CommandRecord
  readonly writing: string
}

/** As it is written; the stream is told when it is not that of the commit. */
type Row = readonly [commandId: string, version: number, count: number, hash: string, stream?: string]

/** Records of commands as a commit of a stream keeps them. */
export function toRows(stream: string, commands: readonly CommandRecord[]): string {
  const rows = commands.map(({ commandId, version, count, hash, stream: own }): Row => {
    return own === stream ? [commandId, version, count, hash] : [commandId, version, count, hash, own]
  })
  return JSON.stringify(rows)
}

export function toKeptCommands(commitStream: string, rows: string, writing: string): KeptCommand[] {
  return (JSON.parse(rows) as Row[]).map(([commandId, version, count, hash, stream = commitStream]) => {
    return { record: { commandId, stream, version, count, hash }, writing }
  })
}
