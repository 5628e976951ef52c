import { isClosed, refusalCodeOf } from '../model/no-answer.js';
import type { Finding } from '../model/verdict.js';
import { GOES_WITH_IT } from './causes.js';
import { judgeVotes } from './judge-votes.js';
import { ruleFor } from './no-answers.js';
import { type Scene, silentMaster } from './scene.js';

/** That nobody is the master; it follows where the one that the Sentinels hand out is there, and keeps rsent out. */
export function judgeNoMaster(scene: Scene): Finding {
  const { topology } = scene.expectation;
  const base = { code: 'no-master', severity: 'error', subject: topology, settling: true } as const;
  const silent = silentMaster(scene);
  const { answer, container } = silent?.observed ?? {};
  const why = answer?.reached === false && container === 'running' ? answer.why : '';
  const rule = ruleFor(why);
  // The server spoke: it is there, and has its reason.
  const isTold = isClosed(why) || (refusalCodeOf(why) !== undefined && rule.severity === 'error');
  const cause = isTold ? rule.code : undefined;
  if (silent !== undefined && cause !== undefined) {
    return {
      ...base,
      saw: `${silent.node.name}, which the Sentinels hand out, answers nothing that rsent asks`,
      expected: 'a master that answers',
      fix: GOES_WITH_IT,
      followsFrom: cause,
    };
  }
  if (judgeVotes(scene).length > 0) {
    return {
      ...base,
      saw: 'no reachable node is the master that the Sentinels hand out',
      expected: 'exactly one master',
      fix: GOES_WITH_IT,
      followsFrom: 'votes-unheard',
    };
  }
  return {
    ...base,
    ...(silent === undefined ? {} : { about: silent.node.address }),
    saw: 'no reachable node is the master that the Sentinels hand out',
    expected: 'exactly one master',
    fix: `a failover may be under way: look again in a few seconds; rsent up ${topology} starts stopped nodes`,
  };
}
