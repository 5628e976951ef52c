import { RsentError } from '../model/errors.js';
import type { Expectation, Finding, Verdict } from '../model/verdict.js';
import type { Context } from './context.js';
import type { Observer } from './observe.js';
import { longer, Patience } from './patience.js';
import { awaitHealthy, type HealthWait, judgeNow } from './verify.js';

/**
 * For verbs that change every node of a running topology: one that is away would miss the change.
 * @param mends codes of findings that do not stand in the way, because the verb may mend them
 * @returns the verdict, which may have warnings
 * @throws RsentError `refused` when anything is wrong; nothing was done then
 */
export async function requireHealthy(
  { signal }: Context,
  observer: Observer,
  expectation: Expectation,
  mends: readonly string[] = [],
): Promise<Verdict> {
  const { verdict } = await judgeNow(observer, expectation, signal, { files: true });
  const [problem] = verdict.findings.filter(
    ({ severity, code }) => severity === 'error' && !mends.includes(code),
  );
  if (problem === undefined) return verdict;
  throw new RsentError('refused', `Not now: ${problem.subject}: ${problem.saw}.`, {
    hint: `Nothing was done. ${wayOut(problem, expectation.topology)}`,
  });
}

/** `up` does not end a process that somebody or something holds. */
function wayOut({ code, fix }: Finding, topology: string): string {
  if (['node-frozen', 'node-unreachable'].includes(code)) return `To do: ${fix}.`;
  return `rsent status ${topology} shows what is wrong; rsent up ${topology} brings back what is away.`;
}

/** How long to wait for health, telling what is still wrong. */
export function healthWait({ signal, progress }: Context, timeoutMs: number): HealthWait {
  return {
    ...{ patience: new Patience(timeoutMs), everyMs: 50, signal },
    onRound: ({ findings }, headway) => progress.detail(headway[0] ?? findings[0]?.saw ?? ''),
  };
}

/**
 * Wait until all is well again after a change.
 * @param hint what to do when it does not become so
 * @throws RsentError `unhealthy` with every finding
 */
export async function becomeHealthy(
  context: Context,
  observer: Observer,
  expectation: Expectation,
  timeoutMs: number,
  hint: string,
): Promise<void> {
  const { verdict } = await awaitHealthy(observer, expectation, healthWait(context, timeoutMs));
  if (verdict.healthy) return;
  const saw = verdict.findings.map((each) => `${each.subject}: ${each.saw}`).join('; ');
  throw new RsentError('unhealthy', `${expectation.topology} is not healthy: ${saw}.`, {
    hint: `${hint}\n${longer(timeoutMs)}`.trim(),
  });
}
