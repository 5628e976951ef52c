import type { ClientReport } from '../model/client.js';
import type { Budget, Expected } from '../model/drill.js';
import type { Verdict } from '../model/verdict.js';

/** What a drill is judged by. */
export interface Result {
  readonly expected: Expected;
  readonly promoted?: string;
  readonly promotions: number;
  readonly failure?: string;
  readonly client?: ClientReport;
  readonly before: Verdict;
  readonly after: Verdict;
}

/** Why a drill did not pass; none when it did. */
export function complaintsOf(result: Result, budget: Budget): string[] {
  return [...unexpected(result), ...overBudget(result.client, budget), ...stillWrong(result)];
}

/** True when every error was there before, too. */
export function nothingNew(before: Verdict, after: Verdict): boolean {
  return newErrors(before, after).length === 0;
}

function unexpected({ expected, promoted, promotions, failure }: Result): string[] {
  const complaints: string[] = [];
  if (expected === 'failover' && promoted === undefined) {
    complaints.push(`a failover was expected, but none happened: ${failure ?? ''}`);
  }
  if (expected === 'no failover' && (promotions > 0 || promoted !== undefined)) {
    complaints.push(`no failover was expected, but ${promoted ?? 'a replica'} was promoted`);
  }
  if (promotions > 1) complaints.push(`${promotions} promotions happened where one was enough`);
  return complaints;
}

function overBudget(client: ClientReport | undefined, budget: Budget): string[] {
  const { maxDowntimeMs, maxLost } = budget;
  const complaints: string[] = [];
  if (client === undefined) return complaints;
  const { lastedMs } = client.longestGap;
  if (maxDowntimeMs !== undefined && lastedMs > maxDowntimeMs) {
    complaints.push(
      `no write was acknowledged for ${lastedMs} ms; allowed are ${maxDowntimeMs} ms`,
    );
  }
  if (maxLost !== undefined && client.total.lost > maxLost) {
    complaints.push(`${client.total.lost} acknowledged writes were lost; allowed are ${maxLost}`);
  }
  const { expired = 0, evicted = 0 } = client.unclear ?? {};
  if (maxLost !== undefined && expired + evicted > 0) {
    complaints.push(
      `${expired + evicted} acknowledged writes are gone that may have been evicted or have expired: how many were lost cannot be said`,
    );
  }
  return complaints;
}

function stillWrong({ before, after }: Result): string[] {
  return newErrors(before, after).map(({ subject, saw }) => `afterwards ${subject}: ${saw}`);
}

function newErrors(before: Verdict, after: Verdict) {
  const known = new Set(before.findings.map(({ code, subject }) => `${code} ${subject}`));
  return after.findings.filter(
    ({ severity, code, subject }) => severity === 'error' && !known.has(`${code} ${subject}`),
  );
}
