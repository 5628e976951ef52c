import type { Finding } from '../model/verdict.js';
import { CLIENTS_FULL } from './clients-full.js';
import { type Scene, silentMaster } from './scene.js';

/** Findings about a node that is there, and keeps rsent from asking anything. */
const KEPT_OUT: readonly (readonly [code: string, says: RegExp])[] = [
  ['clients-full', CLIENTS_FULL],
  ['node-busy', /^BUSY/],
  ['access-refused', /NOAUTH|WRONGPASS|NOPERM/],
];

/** That nobody is the master; it follows where the one that the Sentinels hand out is there, and keeps rsent out. */
export function judgeNoMaster(scene: Scene): Finding {
  const { topology } = scene.expectation;
  const base = { code: 'no-master', severity: 'error', subject: topology, settling: true } as const;
  const silent = silentMaster(scene);
  const { answer, container } = silent?.observed ?? {};
  const why = answer?.reached === false && container === 'running' ? answer.why : '';
  const [cause] = KEPT_OUT.find(([, says]) => says.test(why)) ?? [];
  if (silent !== undefined && cause !== undefined) {
    return {
      ...base,
      saw: `${silent.node.name}, which the Sentinels hand out, answers nothing that rsent asks`,
      expected: 'a master that answers',
      fix: 'nothing of its own: it goes with its cause',
      followsFrom: cause,
    };
  }
  return {
    ...base,
    saw: 'no reachable node is the master that the Sentinels hand out',
    expected: 'exactly one master',
    fix: `a failover may be under way: look again in a few seconds; rsent up ${topology} starts stopped nodes`,
  };
}
