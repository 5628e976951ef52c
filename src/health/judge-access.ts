import { passwordFile, type User } from '../model/access.js';
import { HELLO_CHANNEL } from '../model/constants.js';
import type { NodeObservation, Observation } from '../model/observation.js';
import { addressText, isLoopback, sameAddress } from '../model/topology.js';
import type { Finding } from '../model/verdict.js';
import { TO_LOG_IN } from './abilities.js';
import { nameAt, type Scene } from './scene.js';
import { isRefusedApplication } from './writes.js';

/** Findings about who gets in, and what they may do then. */
export function judgeAccess(scene: Scene, observation: Observation): Finding[] {
  return [...judgeStrangers(scene, observation), ...observation.nodes.flatMap(judgeRights)];
}

const SAYS: Readonly<Record<User, string>> = {
  app: 'an application',
  rsent: 'rsent',
  sentinel: 'a Sentinel',
  replication: 'a replica',
};

/** Each user's commands were tried without running them; the nodes themselves would never tell. */
function judgeRights({ name, answer }: NodeObservation): Finding[] {
  const all = answer.reached ? (answer.facts.denied ?? []) : [];
  // That it may not write is a finding of its own, with the same way out.
  const isTold = answer.reached && 'trial' in answer.facts && isRefusedApplication(answer.facts);
  const denied = all.filter(({ user }) => user !== 'app' || !isTold);
  const users = [...new Set(denied.map(({ user }) => user))];
  return users.map((user) => {
    const lacks = denied.filter((each) => each.user === user).map((each) => each.permission);
    const isOff = lacks.includes(TO_LOG_IN);
    const commands = lacks.filter((permission) => permission !== TO_LOG_IN);
    const isApp = user === 'app';
    return {
      code: 'permission-missing',
      severity: 'error',
      subject: name,
      saw: `its user ${user} ${[...(isOff ? ['is off or gone'] : []), ...(commands.length > 0 ? [`may not: ${commands.join(', ')}`] : [])].join(', ')}; ${isApp ? 'applications that log in as it fail' : 'no failover or resync over this node would ever end'}`,
      expected: `what ${SAYS[user]} says to a node is allowed`,
      fix: `ACL SETUSER ${user} ${rulesFor(user, lacks).join(' ')} on it, as user rsent${isOff ? `; FILE is ${passwordFile(user)} beside the data` : ''}`,
    };
  });
}

/** What ACL SETUSER is told to give a user back what it lacks. */
function rulesFor(user: User, lacks: readonly string[]): string[] {
  const needsHello = lacks.includes('subscribe') || lacks.includes('publish');
  const channels = needsHello ? ['resetchannels', `&${HELLO_CHANNEL}`] : [];
  return [
    ...(lacks.includes(TO_LOG_IN) ? ['on', '">$(cat FILE)"'] : []),
    ...(user === 'app' ? ['~*', '&*'] : channels),
    ...lacks.filter((permission) => permission !== TO_LOG_IN).map((permission) => `+${permission}`),
  ];
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
