import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, test } from 'vitest'
import { boxOffice } from '../../test/box-office.ts'
import { fakeRuntime } from '../../test/fake-runtime.ts'
import { createHttpApp } from '../app.ts'
import { opsRoutes } from './routes.ts'

const http = createHttpApp({ mounts: [{ base: '', runtime: fakeRuntime(boxOffice).runtime }], operatorKeys: ['key'] })

describe("the operations API's own document", () => {
  test('is public, valid OpenAPI 3.1, and its references lead somewhere', async () => {
    const text = await (await http.request('/ops/openapi.json')).text()
    const document = JSON.parse(text)
    expect(document.openapi).toBe('3.1.1')
    const references = Array.from(text.matchAll(/"\$ref":"#\/([^"]+)"/g), ([, path]) => path as string)
    const missing = references.filter(
      (path) => !path.split('/').reduce((part, key) => part?.[key], document as Record<string, never> | undefined),
    )
    expect(references.length).toBeGreaterThan(50)
    expect(missing).toEqual([])
    expect((await new Validator().validate(structuredClone(document))).errors).toBeUndefined()
  })

  test('describes every route once, and how its key is sent', async () => {
    // biome-ignore lint/suspicious/noExplicitAny: the test looks deep into a document
    const document = (await (await http.request('/ops/openapi.json')).json()) as any
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path as object))
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(opsRoutes.map(({ id }) => id).sort())
    for (const { responses } of operations)
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['401', '403']))
    expect(document.security).toEqual([{ operatorKey: [] }])
    expect(document.components.securitySchemes.operatorKey).toMatchObject({
      type: 'apiKey',
      in: 'header',
      name: 'x-operator-key',
    })
    const { parameters } = document.paths['/ops/{app}/dead-letters'].get
    expect(parameters.map(({ name, $ref }: Record<string, string>) => name ?? $ref)).toEqual([
      'app',
      'consumer',
      '#/components/parameters/Limit',
      '#/components/parameters/Cursor',
    ])
    const discard = document.components.schemas.DiscardDeadLetterInput
    expect(discard.required).toEqual(['stream', 'reason'])
  })

  test('has its page, which loads what is there', async () => {
    const page = await http.request('/ops/docs')
    expect(page.status).toBe(200)
    const sources = [...(await page.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source as string)
    for (const source of sources) expect((await http.request(`/ops/${source}`)).status, source).toBe(200)
    expect(await (await http.request('/ops/docs/init.js')).text()).toContain("url: 'openapi.json'")
  })
})
