/** Something that people can put right before they start a local cloud again: its message says what to do. */
export class LocalCloudError extends Error {
  override readonly name = 'LocalCloudError'
}
