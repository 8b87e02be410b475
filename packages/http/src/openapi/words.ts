/** `box-office` and `boxOffice` become `BoxOffice`. */
export function pascalCase(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word[0]?.toUpperCase() + word.slice(1))
    .join('')
}

/** `scheduleConcert` becomes `Schedule concert`. */
export function sentenceCase(camelCase: string): string {
  const words = camelCase.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words[0]?.toUpperCase() + words.slice(1)
}

/** The singular of an English plural as read models are named by; what does not look like a plural stays. */
export function singular(plural: string): string {
  if (/(?:ss|us|is)$/.test(plural)) return plural
  if (/ies$/.test(plural)) return `${plural.slice(0, -3)}y`
  if (/(?:ch|sh|x|z|ss)es$/.test(plural)) return plural.slice(0, -2)
  return plural.replace(/s$/, '')
}

/** The first of these names that is not taken, else the last with a number. */
export function freeName(wanted: readonly string[], isTaken: (name: string) => boolean): string {
  const free = wanted.find((name) => !isTaken(name))
  if (free !== undefined) return free
  const last = wanted.at(-1) ?? ''
  let number = 2
  while (isTaken(last + number)) number++
  return last + number
}
