/** Why a data node refuses a client's write at this moment; the words of a finding. */
export interface WriteRefusal {
  readonly code: string;
  readonly saw: string;
  readonly expected: string;
  readonly fix: string;
  /** Time alone may mend it. */
  readonly settling: boolean;
}
