import { dropNextSecrets } from '../host/next-secrets.js';
import type { TopologyRecord } from '../model/topology.js';
import type { Verdict } from '../model/verdict.js';
import type { Context } from './context.js';
import { findRecorded } from './find.js';
import { completeCertificates } from './rotate-certs.js';
import { completePassword } from './rotate-password.js';
import { finishUpgrade } from './upgrade/finish.js';

/** What has become of what an earlier run had begun. */
export interface FinishedBegun {
  readonly record: TopologyRecord;
  /** Node that is master then, where that may have changed. */
  readonly master?: string;
  /** What was changed, a line each. */
  readonly lines: readonly string[];
  /** Codes of the findings that were true before it. */
  readonly mended: readonly string[];
}

/**
 * Complete what an earlier run has begun and only a running, healthy topology can complete: an
 * upgrade, a rotation.
 * @param record as it is kept
 * @throws RsentError `unhealthy` when it is cut short again
 */
export async function finishBegun(
  context: Context,
  record: TopologyRecord,
  timeoutMs: number,
): Promise<FinishedBegun> {
  const upgraded = await finishUpgrade(context, record, timeoutMs);
  const rotated = await finishRotation(context, upgraded?.record ?? record, timeoutMs);
  const { name } = record.spec;
  const after = rotated ? (await findRecorded(context, name)).record : upgraded?.record;
  return {
    record: after ?? record,
    ...(upgraded === undefined ? {} : { master: upgraded.master }),
    lines: [...(upgraded ? [upgraded.line] : []), ...(rotated ? [rotated] : [])],
    mended: [...(upgraded ? ['upgrade-unfinished'] : []), ...(rotated ? ['unfinished'] : [])],
  };
}

/** A verdict from before, without what has been mended since. */
export function withoutMended(verdict: Verdict, { mended }: FinishedBegun): Verdict {
  return { ...verdict, findings: verdict.findings.filter(({ code }) => !mended.includes(code)) };
}

async function finishRotation(
  context: Context,
  { spec: { name }, unfinished }: TopologyRecord,
  timeoutMs: number,
): Promise<string | undefined> {
  const what = unfinished?.rotating;
  if (what === undefined) {
    // One that was killed just before its rotation was in the record, or just after, has left them.
    await dropNextSecrets(context.home, name);
    return undefined;
  }
  const known = await findRecorded(context, name);
  if (what === 'password') {
    await completePassword(context, known, { graceMs: 0, timeoutMs });
    return 'password: a new one, as rotate-password had begun';
  }
  await completeCertificates(context, known, timeoutMs);
  return 'certificates: new ones, as rotate-certs had begun';
}
