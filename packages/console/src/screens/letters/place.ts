import type { DeadLetterWithEvent, LetterPlace } from '../../api/shapes.ts'

/** How the API is told which dead letter is meant. */
export function addressOf({ stream, document, timer }: LetterPlace): LetterPlace {
  return { stream, document, timer }
}

/** `account-a@2`, `account-a@2, document x`, `account-a@2, timer y` */
export function named({ stream, version, document, timer }: LetterPlace & { readonly version: number }): string {
  const more = [document === undefined ? '' : `, document ${document}`, timer === undefined ? '' : `, timer ${timer}`]
  return `${stream}@${version}${more.join('')}`
}

/** Tells a letter from all others of an application. */
export function letterOf(letter: Pick<DeadLetterWithEvent, 'consumer' | 'version'> & LetterPlace): string {
  return `${letter.consumer} ${named(letter)}`
}
