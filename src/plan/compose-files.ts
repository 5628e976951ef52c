import { passwordFile } from '../model/access.js';
import type { Plan, Step } from '../model/plan.js';
import { passwordMark } from './marks.js';
import type { UpFacts } from './up-facts.js';
import { upPlan } from './up-plan.js';

const FILES: readonly Step['kind'][] = [
  'make-directory',
  'write-secret',
  'make-authority',
  'issue-certificate',
  'write-certificate',
  'write-file',
];

/**
 * The steps that make all files of an export but the Compose file: those of `up` for a topology of
 * which nothing is there.
 * @param authority certificate (PEM) of the authority, where there is one already
 */
export function exportFiles(facts: UpFacts, authority: string | undefined): Plan {
  const plan = upPlan(facts);
  const steps = plan.steps.filter(({ kind }) => FILES.includes(kind));
  const kept = authority === undefined ? [] : [authorityStep(facts, authority)];
  const all = [...kept, ...steps.map((step) => shared(step, facts))];
  const known = new Set(all.map(({ id }) => id));
  const among = (step: Step) => ({ ...step, after: step.after.filter((id) => known.has(id)) });
  return { ...plan, steps: all.map(among) };
}

/** For clients to trust the nodes. */
function authorityStep({ directory }: UpFacts, content: string): Step {
  const path = `${directory}/ca.crt`;
  return { kind: 'write-file', id: 'authority', after: [], path, content, mode: 0o644 };
}

/** The application's password is read by health checks, too: it belongs to whom the nodes run as. */
function shared(step: Step, { directory, chown, user }: UpFacts): Step {
  if (step.kind !== 'write-secret' || step.user !== 'app') return step;
  const { id, after, mode } = step;
  const path = `${directory}/${passwordFile('app')}`;
  const content = `${passwordMark('app')}\n`;
  const owner = chown ? { owner: user } : {};
  return { kind: 'write-file', id, after, path, content, mode, ...owner };
}
