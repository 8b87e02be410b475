import type { LetterPlace } from '../../api/shapes.ts'

/** How the API is told which dead letter is meant. */
export function addressOf({ stream, document, timer }: LetterPlace): LetterPlace {
  return { stream, document, timer }
}

/** `account-a@2`, `account-a@2, document x`, `account-a@2, timer y` */
export function named({ stream, version, document, timer }: LetterPlace & { readonly version: number }): string {
  const more = [document === undefined ? '' : `, document ${document}`, timer === undefined ? '' : `, timer ${timer}`]
  return `${stream}@${version}${more.join('')}`
}
