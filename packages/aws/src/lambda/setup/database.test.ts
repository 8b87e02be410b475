import { afterEach, expect, test, vi } from 'vitest'
import { databaseAs, databaseOf } from './database.ts'

afterEach(() => vi.unstubAllEnvs())

const environment = {
  DATABASE_HOST: 'cafe.proxy-abc.eu-central-1.rds.amazonaws.com',
  DATABASE_PORT: '5432',
  DATABASE_NAME: 'weir',
  DATABASE_USER: 'weir_writer',
}

test('on AWS, each connection has a token of its own for a password, and the certificate is checked', async () => {
  vi.stubEnv('AWS_REGION', 'eu-central-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  const { url, password } = databaseOf(environment)
  expect(url).toBe(`postgres://weir_writer@${environment.DATABASE_HOST}:5432/weir?sslmode=verify-full`)
  const token = new URL(`https://${await password?.()}`)
  expect(token.host).toBe(`${environment.DATABASE_HOST}:5432`)
  expect(Object.fromEntries(token.searchParams)).toMatchObject({
    Action: 'connect',
    DBUser: 'weir_writer',
    'X-Amz-Expires': '900',
    'X-Amz-Credential': expect.stringContaining('/eu-central-1/rds-db/aws4_request'),
  })
})

test('a URL goes before all else, and has its password in it', () => {
  const url = 'postgres://me:secret@localhost:5432/weir'
  expect(databaseOf({ ...environment, DATABASE_URL: url })).toEqual({ url })
})

test('an administrator has a password, whatever signs are in it', () => {
  const { url, password } = databaseAs(environment, 'weir_admin', 'p@ss/w:rd#?')
  expect(decodeURIComponent(new URL(url).password)).toBe('p@ss/w:rd#?')
  expect(password).toBeUndefined()
})

test('what is missing is named', () => {
  expect(() => databaseOf({ ...environment, DATABASE_HOST: '' })).toThrow('DATABASE_HOST is missing')
})
