/** Scripts that serve applications; a script of another name may run them as a part of something else. */
const serving: Readonly<Record<string, string>> = { start: 'npm start', dev: 'npm run dev' }

/** An option as it is typed: to what npm runs, options are passed on behind `--`. */
export function asTyped(option: string, { npm_lifecycle_event: script = '' }: NodeJS.ProcessEnv): string {
  const command = Object.hasOwn(serving, script) ? serving[script] : undefined
  return command === undefined ? option : `${command} -- ${option}`
}
