import { expect, test } from 'vitest'
import { asTyped } from './npm-script.ts'

test('an option is named as it has to be typed', () => {
  expect(asTyped('--port 4145', {})).toBe('--port 4145')
  expect(asTyped('--port 4145', { npm_lifecycle_event: 'start' })).toBe('npm start -- --port 4145')
  expect(asTyped('--port 4145', { npm_lifecycle_event: 'dev' })).toBe('npm run dev -- --port 4145')
})

test.each(['npx', 'test', 'constructor'])('the script %s may be about something else', (script) => {
  expect(asTyped('--port 4145', { npm_lifecycle_event: script })).toBe('--port 4145')
})
