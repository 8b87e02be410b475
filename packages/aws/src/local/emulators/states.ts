import { randomUUID } from 'node:crypto'
import { StateMachine } from 'aws-local-stepfunctions'
import type { Resource } from '../template/instantiate.ts'
import { AwsError } from './aws-json.ts'
import type { Actions } from './endpoint.ts'
import type { Kept } from './kept.ts'

type Definition = ConstructorParameters<typeof StateMachine>[0]
type Json = Parameters<StateMachine['run']>[0]

/** Calls a function by its name or ARN. @throws what the function has thrown, under its name */
export type CallFunction = (name: string, payload: unknown) => Promise<unknown>

export interface Execution {
  readonly executionArn: string
  readonly stateMachineArn: string
  readonly name: string
  readonly input: string
  /** Seconds since 1970. */
  readonly startDate: number
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED'
  readonly stopDate?: number
  readonly output?: string
  readonly error?: string
  readonly cause?: string
}

/** How many executions that have ended are remembered. */
const remembered = 200

/**
 * The state machines of a template.
 *
 * 1. An execution that runs when the local cloud ends is begun again when it is started again, with the same input.
 */
export class States {
  readonly #machines: ReadonlyMap<string, Definition>
  readonly #call: CallFunction
  readonly #kept: Kept
  readonly #executions: Map<string, Execution>
  readonly #running = new Map<string, () => void>()
  #isStopped = false

  constructor(machines: readonly Resource[], call: CallFunction, kept: Kept) {
    this.#machines = new Map(machines.map(({ arn, properties }) => [arn, definitionOf(properties)]))
    this.#call = call
    this.#kept = kept
    const known: Execution[] = JSON.parse(kept.get('executions') ?? '[]')
    this.#executions = new Map(known.map((execution) => [execution.executionArn, execution]))
  }

  /** Begins again what was interrupted. */
  resume(): void {
    for (const execution of this.#executions.values()) if (execution.status === 'RUNNING') this.#run(execution)
  }

  stop(): void {
    this.#isStopped = true
    for (const abort of this.#running.values()) abort()
  }

  /** All executions, the newest first. */
  get executions(): readonly Execution[] {
    return [...this.#executions.values()].reverse()
  }

  get actions(): Actions {
    return {
      'AWSStepFunctions.StartExecution': (input) => this.#start(input),
      'AWSStepFunctions.DescribeExecution': ({ executionArn }) => this.#execution(executionArn),
      'AWSStepFunctions.StopExecution': ({ executionArn }) => this.#abort(this.#execution(executionArn)),
      'AWSStepFunctions.ListExecutions': ({ stateMachineArn, statusFilter, maxResults = 100 }) => ({
        executions: this.executions
          .filter((each) => each.stateMachineArn === stateMachineArn && (!statusFilter || each.status === statusFilter))
          .slice(0, maxResults || 100)
          .map(({ input: _, output: __, ...shown }) => shown),
      }),
    }
  }

  #start(given: {
    stateMachineArn: string
    name?: string
    input?: string
  }): Pick<Execution, 'executionArn' | 'startDate'> {
    const { stateMachineArn, name = randomUUID(), input = '{}' } = given
    if (!this.#machines.has(stateMachineArn)) {
      throw new AwsError('StateMachineDoesNotExist', `There is no state machine ${stateMachineArn}.`)
    }
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`
    const before = this.#executions.get(executionArn)
    if (before?.status === 'RUNNING' && before.input === input) return before
    if (before) throw new AwsError('ExecutionAlreadyExists', `There is an execution ${name} already.`)
    const execution: Execution = { executionArn, stateMachineArn, name, input, startDate: now(), status: 'RUNNING' }
    this.#keep(execution)
    this.#run(execution)
    return { executionArn, startDate: execution.startDate }
  }

  #run(execution: Execution): void {
    const definition = this.#machines.get(execution.stateMachineArn)
    if (!definition) return this.#keep({ ...execution, status: 'ABORTED', stopDate: now() })
    const machine = new StateMachine(definition, { validationOptions: { noValidate: true } })
    const { result, abort } = machine.run(JSON.parse(execution.input), {
      overrides: { taskResourceLocalHandlers: handlersOf(definition, this.#call) },
      context: { Execution: { Id: execution.executionArn, Name: execution.name } },
    })
    this.#running.set(execution.executionArn, abort)
    void result
      .then(
        (output): Execution => ({ ...execution, status: 'SUCCEEDED', stopDate: now(), output: JSON.stringify(output) }),
        (error: Error): Execution => ({
          ...execution,
          ...{ status: 'FAILED', stopDate: now(), error: error.name, cause: error.message },
        }),
      )
      .then((ended) => this.#ended(ended))
  }

  #ended(execution: Execution): void {
    this.#running.delete(execution.executionArn)
    // What is stopped here goes on at the next start, and what was aborted has been told already.
    if (!this.#isStopped && this.#executions.get(execution.executionArn)?.status === 'RUNNING') this.#keep(execution)
  }

  #abort(execution: Execution): { stopDate: number } {
    const stopDate = now()
    if (execution.status === 'RUNNING') this.#keep({ ...execution, status: 'ABORTED', stopDate })
    this.#running.get(execution.executionArn)?.()
    return { stopDate }
  }

  #execution(arn: string): Execution {
    const found = this.#executions.get(arn)
    if (!found) throw new AwsError('ExecutionDoesNotExist', `There is no execution ${arn}.`)
    return found
  }

  #keep(execution: Execution): void {
    this.#executions.set(execution.executionArn, execution)
    const ended = [...this.#executions.values()].filter(({ status }) => status !== 'RUNNING')
    for (const { executionArn } of ended.slice(0, -remembered)) this.#executions.delete(executionArn)
    this.#kept.set('executions', JSON.stringify([...this.#executions.values()]))
  }
}

function definitionOf({ DefinitionString, Definition }: Resource['properties']): Definition {
  return typeof DefinitionString === 'string' ? JSON.parse(DefinitionString) : Definition
}

interface AnyState {
  readonly Type: string
  readonly Resource?: string
  readonly Iterator?: { readonly States: Readonly<Record<string, AnyState>> }
  readonly ItemProcessor?: { readonly States: Readonly<Record<string, AnyState>> }
  readonly Branches?: readonly { readonly States: Readonly<Record<string, AnyState>> }[]
}

/** What tasks do, by the names of their states, those within maps and branches included. */
function handlersOf(
  { States: states }: { readonly States: Readonly<Record<string, unknown>> },
  call: CallFunction,
): Record<string, (input: Json) => Promise<Json>> {
  const handlers = Object.entries(states as Record<string, AnyState>).map(([name, state]) => {
    const inner = [state.Iterator, state.ItemProcessor, ...(state.Branches ?? [])].filter((each) => each !== undefined)
    const own = state.Type === 'Task' ? { [name]: taskOf(state.Resource ?? '', call) } : {}
    return Object.assign(own, ...inner.map((each) => handlersOf(each, call)))
  })
  return Object.assign({}, ...handlers)
}

/** A task names a function, or asks the service to invoke one: then function and payload are its parameters. */
function taskOf(resource: string, call: CallFunction): (input: Json) => Promise<Json> {
  if (!resource.includes(':states:::')) return async (input) => (await call(resource, input)) as Json
  return async (input) => {
    const { FunctionName, Payload } = input as { FunctionName: string; Payload: Json }
    return { StatusCode: 200, ExecutedVersion: '$LATEST', Payload: (await call(FunctionName, Payload)) as Json }
  }
}

function now(): number {
  return Date.now() / 1000
}
