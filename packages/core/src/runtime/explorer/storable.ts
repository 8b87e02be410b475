/** Whether a text can be a name that something is stored under. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}
