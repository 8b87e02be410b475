import { LocalCloudError } from '../errors.ts'
import { type Assembly, readTemplate, type Template, type TemplateResource } from './assembly.ts'
import { evaluate, type Scope } from './evaluate.ts'
import { account, type Identity, identify, type Places } from './identity.ts'

/** A resource of the templates, with all that they say worked out. */
export interface Resource extends Identity {
  /** Its name in the template, below those of the nested stacks that it is in: `Data/Events4F`. */
  readonly id: string
  readonly type: string
  // biome-ignore lint/suspicious/noExplicitAny: what it has depends on the type
  readonly properties: Readonly<Record<string, any>>
  /** The ids of those that have to be there before it. */
  readonly after: readonly string[]
}

/**
 * The resources of all stacks of an assembly, those of nested stacks included.
 *
 * @throws LocalCloudError when a template refers to what it does not hold
 */
export function instantiate(assembly: Assembly, places: Places): Resource[] {
  const exports = new Map<string, () => unknown>()
  const stacks = assembly.stacks.map(
    ({ name, template }) => new Stack(name, '', template, {}, { assembly, places, exports }),
  )
  return stacks.flatMap((stack) => stack.resources())
}

interface World {
  readonly assembly: Assembly
  readonly places: Places
  readonly exports: Map<string, () => unknown>
}

const stackType = 'AWS::CloudFormation::Stack'

class Stack implements Scope {
  readonly #name: string
  readonly #path: string
  readonly #template: Template
  readonly #parameters: Readonly<Record<string, unknown>>
  readonly #world: World
  readonly #identities = new Map<string, Identity>()
  readonly #nested = new Map<string, Stack>()

  constructor(name: string, path: string, template: Template, parameters: Record<string, unknown>, world: World) {
    this.#name = name
    this.#path = path
    this.#template = template
    this.#parameters = parameters
    this.#world = world
    for (const { Value, Export } of Object.values(template.Outputs ?? {})) {
      if (Export) world.exports.set(String(evaluate(Export.Name, this)), () => evaluate(Value, this))
    }
  }

  resources(): Resource[] {
    return Object.entries(this.#template.Resources ?? {}).flatMap(([id, { Type, Condition }]) => {
      if (Condition !== undefined && !this.condition(Condition)) return []
      return Type === stackType ? this.#nestedStack(id).resources() : [this.#resource(id)]
    })
  }

  ref(name: string): unknown {
    const pseudo = this.#pseudo(name)
    if (pseudo !== undefined) return pseudo
    if (name in this.#parameters) return this.#parameters[name]
    const parameter = this.#template.Parameters?.[name]
    if (parameter) return parameter.Default ?? ''
    return this.#identity(name).ref
  }

  attribute(name: string, attribute: string): unknown {
    if (attribute.startsWith('Outputs.') && this.#declared(name).Type === stackType) {
      return this.#nestedStack(name).output(attribute.slice('Outputs.'.length))
    }
    const { arn, attributes } = this.#identity(name)
    if (/arn$/i.test(attribute)) return attributes[attribute] || arn
    // What nothing here works with only has to be told apart, such as the id of a security group.
    return attributes[attribute] ?? `${name}.${attribute}`
  }

  output(name: string): unknown {
    const output = this.#template.Outputs?.[name]
    if (!output) throw new LocalCloudError(`The stack ${this.#path || this.#name} has no output ${name}.`)
    return evaluate(output.Value, this)
  }

  condition(name: string): boolean {
    return evaluate(this.#template.Conditions?.[name], this) === true
  }

  mapping(name: string, first: string, second: string): unknown {
    return this.#template.Mappings?.[name]?.[first]?.[second]
  }

  imported(name: string): unknown {
    const found = this.#world.exports.get(name)
    if (!found) throw new LocalCloudError(`No stack exports ${name}, which ${this.#name} imports.`)
    return found()
  }

  #resource(id: string): Resource {
    const { Type, DependsOn = [] } = this.#declared(id)
    return {
      ...this.#identity(id),
      id: this.#path + id,
      type: Type,
      properties: this.#properties(id),
      after: [DependsOn].flat().map((each) => this.#path + each),
    }
  }

  #declared(id: string): TemplateResource {
    const found = this.#template.Resources?.[id]
    if (!found)
      throw new LocalCloudError(`The stack ${this.#path || this.#name} refers to ${id}, which it does not hold.`)
    return found
  }

  #properties(id: string): Record<string, unknown> {
    return evaluate(this.#declared(id).Properties ?? {}, this) as Record<string, unknown>
  }

  #identity(id: string): Identity {
    const found = this.#identities.get(id)
    if (found) return found
    const { Type, Properties = {} } = this.#declared(id)
    // Its name alone: other properties may refer back to the resource.
    const naming = Object.fromEntries(Object.entries(Properties).filter(([key]) => /Name$|Identifier$|^Fifo/.test(key)))
    const generated = `${this.#name}-${this.#path}${id}`.replaceAll('/', '-')
    const identity = identify(Type, evaluate(naming, this) as Record<string, unknown>, generated, this.#world.places)
    this.#identities.set(id, identity)
    return identity
  }

  #nestedStack(id: string): Stack {
    const found = this.#nested.get(id)
    if (found) return found
    const { TemplateURL, Parameters = {} } = this.#properties(id) as { TemplateURL: string; Parameters?: object }
    const file = this.#world.assembly.asset(TemplateURL.split('/').at(-1) ?? '')
    if (!file) throw new LocalCloudError(`The template of the nested stack ${id} is not in the assembly.`)
    const stack = new Stack(this.#name, `${this.#path}${id}/`, readTemplate(file), { ...Parameters }, this.#world)
    this.#nested.set(id, stack)
    return stack
  }

  #pseudo(name: string): string | undefined {
    const { region } = this.#world.places
    const id = `arn:aws:cloudformation:${region}:${account}:stack/${this.#name}/local`
    const pseudo: Record<string, string> = {
      'AWS::Region': region,
      'AWS::AccountId': account,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': this.#name,
      'AWS::StackId': id,
    }
    return pseudo[name]
  }
}
