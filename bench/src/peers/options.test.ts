import { describe, expect, it } from 'vitest'
import { optionsOf, UsageError, wantedOf } from './options.ts'

const asked = (text: string) => wantedOf(optionsOf(text.split(' ').filter(Boolean)))

describe('the options', () => {
  it('choose works by their whole name, and engines', () => {
    expect(new Set(asked('--only create --engine sqlite').map(({ work }) => work))).toEqual(new Set(['create']))
    expect(() => asked('--only c')).toThrow("There is no work 'c': it is one of create, contention")
  })

  it('have what needs long in a quick run only when it is named', () => {
    expect(asked('--quick').some(({ work }) => work === 'growth')).toBe(false)
    expect(asked('--quick --only growth')).toHaveLength(1)
  })

  it.each([
    ['--nothing', "Unknown option '--nothing'"],
    ['--engine x', "There is no engine 'x'"],
    ['--runs 0', '--runs takes a whole number'],
    ['--quick --runs 3', 'it takes no --runs'],
    ['--only rebuild --engine dynamodb', 'rebuild on dynamodb is not measured. What is measured on dynamodb: create'],
    ['--quick --engine memory', 'memory is no part of --quick'],
  ])('are refused in one line: %s', (text, message) => {
    const refused = () => asked(text)
    expect(refused).toThrow(UsageError)
    expect(refused).toThrow(message)
    expect(refused).toThrow(/^[^\n]+$/)
  })
})
