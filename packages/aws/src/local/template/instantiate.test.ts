import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { readAssembly } from './assembly.ts'
import { instantiate } from './instantiate.ts'

const places = { region: 'eu-west-1', queues: 'http://127.0.0.1:9', postgres: { host: '127.0.0.1', port: 5432 } }
const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

function assemblyWith(files: Record<string, unknown>): string {
  const folder = mkdtempSync(join(tmpdir(), 'weir-assembly-'))
  folders.push(folder)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(content))
  return folder
}

const stack = (templateFile: string) => ({ type: 'aws:cloudformation:stack', properties: { templateFile } })

test('stacks, what they import from each other, and those that are nested in them', () => {
  const folder = assemblyWith({
    'manifest.json': {
      artifacts: {
        Base: stack('base.json'),
        Shop: stack('shop.json'),
        'Shop.assets': { type: 'cdk:asset-manifest', properties: { file: 'assets.json' } },
      },
    },
    'base.json': {
      Resources: { News: { Type: 'AWS::SNS::Topic', Properties: { FifoTopic: true } } },
      Outputs: { Topic: { Value: { Ref: 'News' }, Export: { Name: 'news' } } },
    },
    'shop.json': {
      Parameters: { Size: { Default: 3 } },
      Conditions: { IsLarge: { 'Fn::Equals': [{ Ref: 'Size' }, 100] } },
      Resources: {
        Data: {
          Type: 'AWS::CloudFormation::Stack',
          Properties: {
            TemplateURL: { 'Fn::Join': ['', ['https://s3.', { Ref: 'AWS::URLSuffix' }, '/assets/4f2a.json']] },
            Parameters: { Topic: { 'Fn::ImportValue': 'news' } },
          },
        },
        Large: { Type: 'AWS::SQS::Queue', Condition: 'IsLarge' },
        Pack: {
          Type: 'AWS::Lambda::Function',
          Properties: { Environment: { Variables: { QUEUE: { 'Fn::GetAtt': ['Data', 'Outputs.Queue'] } } } },
          DependsOn: ['Data'],
        },
      },
    },
    'data.json': {
      Parameters: { Topic: {} },
      Resources: {
        Orders: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'orders' } },
        Feed: { Type: 'AWS::SNS::Subscription', Properties: { TopicArn: { Ref: 'Topic' } } },
      },
      Outputs: { Queue: { Value: { Ref: 'Orders' } } },
    },
    'assets.json': {
      files: { '4f2a': { source: { path: 'data.json' }, destinations: { here: { objectKey: '4f2a.json' } } } },
    },
  })
  const resources = instantiate(readAssembly(folder), places)
  expect(resources.map(({ id }) => id)).toEqual(['News', 'Data/Orders', 'Data/Feed', 'Pack'])
  const [news, orders, feed, pack] = resources
  expect(news?.arn).toBe('arn:aws:sns:eu-west-1:000000000000:Base-News.fifo')
  expect(feed?.properties.TopicArn).toBe(news?.arn)
  expect(orders).toMatchObject({ name: 'orders', ref: 'http://127.0.0.1:9/000000000000/orders' })
  expect(pack?.properties.Environment.Variables.QUEUE).toBe(orders?.ref)
})

test('a template that refers to nothing is refused', () => {
  const folder = assemblyWith({
    'manifest.json': { artifacts: { Shop: stack('shop.json') } },
    'shop.json': { Resources: { A: { Type: 'AWS::SQS::Queue', Properties: { KmsMasterKeyId: { Ref: 'Key' } } } } },
  })
  expect(() => instantiate(readAssembly(folder), places)).toThrow('refers to Key, which it does not hold')
})

test.each([
  ['is not there', {}, /is no assembly of templates: there is no manifest.json in it.*npx cdk synth/],
  ['holds no stack', { 'manifest.json': { artifacts: {} } }, /holds no stack/],
])('a folder that %s is told', (_, files, message) => {
  expect(() => readAssembly(assemblyWith(files))).toThrow(message)
})
