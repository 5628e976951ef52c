/** What every step of a plan has. */
export interface StepBase {
  readonly id: string;
  /** Ids of the steps that must be done before this one starts. */
  readonly after: readonly string[];
}
