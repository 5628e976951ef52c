/** Why a finding matters, and where others have met it. */
export interface Reason {
  readonly why: string;
  /** What to do where no rsent made the topology; the finding's own words when there is none. */
  readonly fix?: string;
  /** `owner/repository#number` of public threads, or a page. */
  readonly threads?: readonly string[];
}
