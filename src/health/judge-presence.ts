import { passwordFile } from '../model/access.js';
import { isClosed, noAnswerOf } from '../model/no-answer.js';
import type { NodeObservation } from '../model/observation.js';
import type { Expectation, Finding } from '../model/verdict.js';
import { clientsFull } from './clients-full.js';
import { collect } from './collect.js';
import { isEndedByKernel } from './judge-memory.js';
import { ruleFor } from './no-answers.js';

/** A finding about a node that gave no facts, by what the engine or the node itself says. */
export function judgePresence(expectation: Expectation, node: NodeObservation): Finding[] {
  if (node.answer.reached) return [];
  // Told by its cause.
  if (node.container !== 'running' && node.life && isEndedByKernel(node.life)) return [];
  const { findings, add } = collect(node.name);
  const silent = (code: string, saw: string, fix: string) => {
    add(code, saw, 'running and answering', fix);
    return findings;
  };
  const up = `rsent up ${expectation.topology}`;
  switch (node.container) {
    case 'absent':
      return silent('node-missing', 'its container does not exist', `${up} creates it again`);
    case 'paused':
      return silent('node-paused', 'its container is paused', `${up} resumes it`);
    case 'cut':
      return silent('node-cut', 'it runs, but is cut off from the network', `${up} puts it back`);
    case 'running':
      if (node.isFrozen) return [frozen(expectation, node.name)];
      return [
        {
          severity: 'error',
          subject: node.name,
          ...refusedBy(expectation, node.name, node.answer.why),
        },
      ];
    case 'restarting':
      return silent(
        'node-restarting',
        restarting(node),
        `look at its log: rsent logs ${expectation.topology} ${node.name}`,
      );
    default:
      return silent('node-stopped', `its container is ${node.container}`, `${up} starts it`);
  }
}

/** Neither rsent nor the engine has stopped it, so that neither knows what it is held for. */
function frozen({ topology, nodes }: Expectation, name: string): Finding {
  const container = nodes.find((each) => each.name === name)?.container;
  return {
    ...{ code: 'node-frozen', severity: 'error', subject: name },
    saw: 'its process is frozen: a signal or a debugger has stopped it (state T), and no waiting ends that',
    expected: 'running and answering',
    fix: `docker kill -s CONT ${container} has it go on after a signal; else rsent kill ${name} ${topology}, then rsent up ${topology}`,
  };
}

function restarting({ life }: NodeObservation): string {
  const code = life && life.exitCode !== 0 ? `, last with exit code ${life.exitCode}` : '';
  return `its container keeps restarting: it ended by itself${code}`;
}

/** Why a running server answers no question, by its own first words. */
function refusedBy(expectation: Expectation, node: string, why: string) {
  const file = passwordFile(expectation.settings?.acl ? 'rsent' : 'app');
  const { topology } = expectation;
  const again = `rsent stop ${topology} ${node}, then rsent up ${topology}`;
  if (noAnswerOf(why) === 'DENIED') {
    return {
      code: 'access-refused',
      saw: `it turns everyone away who is not on its own machine (protected-mode): ${why}`,
      expected: 'protected-mode no',
      fix: `${again}, which puts its conf right, too`,
    };
  }
  if (isClosed(why)) {
    return {
      code: 'access-refused',
      saw: `it does not let rsent in: ${why}`,
      expected: 'running and answering',
      fix: `if ${file} beside the data is gone or was changed, put the right one back; if somebody changed the user on the node: ${again}`,
    };
  }
  if (noAnswerOf(why) === 'max-clients') return clientsFull(expectation, node, why);
  const { code, saw, expected, fix, severity } = ruleFor(why);
  // What only keeps a stranger out is no matter of a node whose password and authority rsent has.
  const isOfNode = severity === 'error';
  return {
    code: isOfNode ? code : 'node-unreachable',
    saw: isOfNode && saw !== '' ? `${saw}: ${why}` : why,
    expected,
    fix: fixOf(code, isOfNode ? fix : '', again, `rsent logs ${topology} ${node}`),
    // A Sentinel that promotes a node closes all its connections (sentinel.c, sentinelSendSlaveOf).
    settling: true,
  };
}

/** What to type for a node of rsent's own, whose container runs. */
function fixOf(code: string, fix: string, again: string, logs: string): string {
  if (code === 'node-frozen')
    return `${again}: that ends its process and starts it again. One that waits for its disk (state D) ends only when that answers`;
  if (fix !== '' && code !== 'node-unreachable') return fix;
  return `look at its log: ${logs}; if somebody changed its port or address by hand, or its process is frozen: ${again}`;
}
