/** What the custom resource hands to `migrate`, as `event.ResourceProperties`. */
export interface MigrationProperties {
  /**
   * Changes whenever definitions or code have: CloudFormation then calls again. `migrate` compares definitions with what is recorded, and does
   * what is missing; called twice, it does nothing. On `Delete` it does nothing.
   */
  readonly revision: string
}
