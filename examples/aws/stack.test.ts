import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { tableShapes } from '@weir/engine-dynamodb'
import { Validations } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { AwsSolutionsChecks } from 'cdk-nag'
import { describe, expect, test } from 'vitest'
import { examplesStack } from './examples-stack.fixture.ts'

const dev = examplesStack('dev')
const prod = examplesStack('prod')
const template = Template.fromStack(prod.stack)

interface Resource {
  readonly Type: string
  readonly Properties: Record<string, unknown>
}

interface Statement {
  readonly Sid?: string
  readonly Action: string | string[]
  readonly Resource: unknown
}

interface Role {
  readonly Properties: { readonly Policies: { readonly PolicyDocument: { readonly Statement: Statement[] } }[] }
}

/** Why a right ends in a wildcard, by the name of its statement or its action. */
const justified: Readonly<Record<string, string>> = {
  JoinVpc: 'Lambda makes network interfaces as this role, and nobody knows before which they will be',
  SendTraces: 'X-Ray has no resources that traces could be limited to',
  'dynamodb:ListStreams': 'the streams of one table: the ending of a stream is the time when it was made',
}

describe.each(Object.entries({ dev, prod }))('the stack for %s', (_, { cdk, stack }) => {
  test('passes the checks of AwsSolutions', () => {
    Validations.of(cdk).addPlugins(new AwsSolutionsChecks(cdk))
    expect(() => cdk.synth()).not.toThrow()
    expect(Object.keys(Template.fromStack(stack).toJSON().Resources).length).toBeLessThan(450)
  })
})

test('each function may do what its plan says, and uses no wildcard without a reason', () => {
  const resources = template.toJSON().Resources as Record<string, Resource>
  for (const { name, rights } of prod.weir.plan.functions) {
    const roleId = roleOf(name)
    const { Policies } = (resources[roleId] as unknown as Role).Properties
    const statements = Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    const own = statements.filter(({ Sid }) => Sid === undefined)
    expect(own.map(({ Action }) => [Action].flat())).toEqual(rights.map(({ actions }) => actions))
    for (const statement of statements) {
      expect([statement.Action].flat().filter((action) => action.includes('*'))).toEqual([])
      if (!JSON.stringify(statement.Resource).includes('*')) continue
      expect(justified, `${name} may ${statement.Action} on all`).toHaveProperty([
        statement.Sid ?? String(statement.Action),
      ])
    }
    const others = Object.values(resources).filter(({ Type, Properties }) => {
      return Type === 'AWS::IAM::Policy' && JSON.stringify(Properties.Roles).includes(`"${roleId}"`)
    })
    expect(others, `${name} has rights beside its role`).toEqual([])
  }
})

/** The logical id of a function's role. */
function roleOf(name: string): string {
  const [made] = Object.values(template.findResources('AWS::Lambda::Function', { Properties: { FunctionName: name } }))
  return String(made?.Properties.Role['Fn::GetAtt'][0])
}

test('tables are as the engine wants them', () => {
  for (const [role, { partitionKey, sortKey, stream }] of Object.entries(tableShapes)) {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      TableName: `weir-prod-coffee-${role}`,
      KeySchema: [partitionKey, sortKey].map(({ name }, at) => ({
        AttributeName: name,
        KeyType: at ? 'RANGE' : 'HASH',
      })),
      AttributeDefinitions: [partitionKey, sortKey].map(({ name, type }) => ({
        AttributeName: name,
        AttributeType: type,
      })),
      StreamSpecification: stream ? { StreamViewType: stream } : Match.absent(),
    })
  }
})

describe('the code of functions', () => {
  const { directory, stacks } = prod.cdk.synth()
  const assets = Object.values(stacks[0]?.template.Resources as Record<string, Resource>)
    .filter(({ Type, Properties }) => Type === 'AWS::Lambda::Function' && Properties.FunctionName)
    .map(({ Properties }) => String((Properties.Code as { S3Key: string }).S3Key).replace('.zip', ''))
  const folders = [...new Set(assets)].map((hash) => join(directory, `asset.${hash}`))

  test('is one module for each kind, of less than 300 KB compressed', () => {
    expect(folders).toHaveLength(8)
    for (const folder of folders) {
      expect(readdirSync(join(folder, 'handler')).filter((file) => !file.endsWith('.txt'))).toEqual(['index.mjs'])
      expect(gzipSync(readFileSync(join(folder, 'handler/index.mjs'))).length).toBeLessThan(300_000)
    }
  })

  test('starts with nothing but Node', () => {
    const lonely = mkdtempSync(join(tmpdir(), 'weir-lonely-'))
    try {
      folders.forEach((folder, index) => void cpSync(folder, join(lonely, String(index)), { recursive: true }))
      const program = folders.map(
        (_, index) => `console.log(typeof (await import('./${index}/handler/index.mjs')).handler)`,
      )
      const args = ['--input-type=module', '--eval', program.join('\n')]
      const options = {
        cwd: lonely,
        env: { PATH: process.env.PATH, AWS_REGION: 'eu-west-1' },
        encoding: 'utf8' as const,
      }
      expect(execFileSync(process.execPath, args, options).trim().split('\n')).toEqual(folders.map(() => 'function'))
    } finally {
      rmSync(lonely, { recursive: true })
    }
  })

  test('has the files of documentation pages beside it where requests are answered', () => {
    const served = folders.filter((folder) => existsSync(join(folder, 'swagger-ui/swagger-ui-bundle.js')))
    expect(served).toHaveLength(1)
    expect(existsSync(join(String(served[0]), 'graphiql-files/graphiql.min.js'))).toBe(true)
  })
})
