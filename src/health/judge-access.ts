import { passwordFile } from '../model/access.js';
import { HELLO_CHANNEL } from '../model/constants.js';
import type { NodeObservation, Observation } from '../model/observation.js';
import { addressText, isLoopback, sameAddress } from '../model/topology.js';
import type { Finding } from '../model/verdict.js';
import { TO_LOG_IN } from './abilities.js';
import { nameAt, type Scene } from './scene.js';

/** Findings about who gets in, and what they may do then. */
export function judgeAccess(scene: Scene, observation: Observation): Finding[] {
  return [...judgeStrangers(scene, observation), ...observation.nodes.flatMap(judgeRights)];
}

/** Each user's commands were tried without running them; the nodes themselves would never tell. */
function judgeRights({ name, answer }: NodeObservation): Finding[] {
  const denied = answer.reached ? (answer.facts.denied ?? []) : [];
  const users = [...new Set(denied.map(({ user }) => user))];
  return users.map((user) => {
    const lacks = denied.filter((each) => each.user === user).map((each) => each.permission);
    const needsHello = lacks.includes('subscribe') || lacks.includes('publish');
    const isOff = lacks.includes(TO_LOG_IN);
    const commands = lacks.filter((permission) => permission !== TO_LOG_IN);
    const rules = [
      ...(isOff ? ['on', '">$(cat FILE)"'] : []),
      ...(needsHello ? ['resetchannels', `&${HELLO_CHANNEL}`] : []),
      ...commands.map((permission) => `+${permission}`),
    ];
    return {
      code: 'permission-missing',
      severity: 'error',
      subject: name,
      saw: `its user ${user} ${[...(isOff ? ['is off or gone'] : []), ...(commands.length > 0 ? [`may not: ${commands.join(', ')}`] : [])].join(', ')}; no failover or resync over this node would ever end`,
      expected: `what a ${user === 'sentinel' ? 'Sentinel' : 'replica'} says to a node is allowed`,
      fix: `ACL SETUSER ${user} ${rules.join(' ')} on it, as user rsent${isOff ? `; FILE is ${passwordFile(user)} beside the data` : ''}`,
    };
  });
}

/** rsent dials every address as a stranger, too. */
function judgeStrangers(scene: Scene, { dials }: Observation): Finding[] {
  const { settings, nodes } = scene.expectation;
  return dials.flatMap(({ address, letsAnyoneIn }): Finding[] => {
    if (letsAnyoneIn !== true) return [];
    const subject = nameAt(scene, address);
    if (settings?.auth === true) {
      return [
        {
          code: 'lets-anyone-in',
          severity: 'error',
          subject,
          saw: `${addressText(address)} answers without a password`,
          expected: 'a password on every data node and Sentinel',
          fix: settings.acl
            ? 'somebody has opened it: ACL SETUSER default off resetpass -@all on it, as user rsent'
            : 'somebody has taken it away: ACL SETUSER default resetpass ">$(cat FILE)" on it; FILE is password beside the data',
        },
      ];
    }
    const node = nodes.find((each) => sameAddress(each.address, address));
    // For clients in containers it is an address of the engine's host among them.
    if (settings?.vantage !== undefined) return [];
    if (node?.published === undefined || isLoopback(node.published.ip)) return [];
    return [
      {
        code: 'open-to-others',
        severity: 'warning',
        subject,
        saw: `it is published on ${addressText(node.published)}, where others can reach it, and has no password`,
        expected: 'a password, or ports on 127.0.0.1 only',
        fix: `make the topology anew with --auth, or without --publish`,
      },
    ];
  });
}
