import { passwordFile } from '../model/access.js';
import { HELLO_CHANNEL } from '../model/constants.js';
import type { NodeObservation, Observation } from '../model/observation.js';
import type { Account } from '../model/rights.js';
import { addressText, isLoopback, type NodeKind, sameAddress } from '../model/topology.js';
import type { Expectation, Finding } from '../model/verdict.js';
import { TO_LOG_IN } from './abilities.js';
import { applicationRefused } from './application.js';
import { nameAt, type Scene } from './scene.js';

/** Findings about who gets in, and what they may do then. */
export function judgeAccess(scene: Scene, observation: Observation): Finding[] {
  return [
    ...judgeStrangers(scene, observation),
    ...observation.nodes.flatMap((node) => judgeRights(scene.expectation, node)),
  ];
}

const SAYS: Readonly<Record<Account, string>> = {
  app: 'an application',
  rsent: 'rsent',
  sentinel: 'a Sentinel',
  replication: 'a replica',
  default: 'a Sentinel, a replica or an application',
};

/** Each user's commands were tried without running them; the nodes themselves would never tell. */
function judgeRights(expectation: Expectation, { name, kind, answer }: NodeObservation): Finding[] {
  if (!answer.reached) return [];
  const { facts } = answer;
  // That it may not write is a finding of its own, with the same way out.
  const isTold = 'trial' in facts && applicationRefused(facts, expectation) !== undefined;
  const denied = (facts.denied ?? []).filter(({ user }) => user !== 'app' || !isTold);
  const users = [...new Set(denied.map(({ user }) => user))];
  const found = users.map((user): Finding => {
    const lacks = denied.filter((each) => each.user === user).map((each) => each.permission);
    const isOff = lacks.includes(TO_LOG_IN);
    const commands = lacks.filter((permission) => permission !== TO_LOG_IN);
    const what = [
      ...(isOff ? ['is off or gone'] : []),
      ...(commands.length > 0 ? [`may not: ${commands.join(', ')}`] : []),
    ].join(', ');
    return {
      code: 'permission-missing',
      severity: 'error',
      subject: name,
      saw: `its user ${user} ${what}; ${user === 'app' ? 'applications that log in as it fail' : 'no failover or resync over this node would ever end'}`,
      expected: `what ${SAYS[user]} says to a node is allowed`,
      fix: `${upMends(expectation)}${command(user, lacks, isOff)}`,
    };
  });
  return [...found, ...judgeRenamed(name, kind, facts.renamed ?? [])];
}

function upMends({ topology, settings }: Expectation): string {
  return settings?.ownUsers ? `rsent up ${topology} puts it right; or ` : '';
}

function command(user: Account, lacks: readonly string[], isOff: boolean): string {
  const who = user === 'default' ? '' : ', as user rsent';
  const file = passwordFile(user === 'default' ? 'app' : user);
  const where = isOff ? `; FILE is ${file} beside the data` : '';
  return `ACL SETUSER ${user} ${rulesFor(user, lacks).join(' ')} on it${who}${where}`;
}

/** A Sentinel sends all of a promotion in one MULTI: what is unknown makes all of it fail. */
function judgeRenamed(subject: string, kind: NodeKind, renamed: readonly string[]): Finding[] {
  if (renamed.length === 0) return [];
  return [
    {
      code: 'command-renamed',
      severity: 'error',
      subject,
      saw: `it does not know ${renamed.join(', ')} by that name; Sentinels and replicas send ${renamed.length > 1 ? 'them' : 'it'}, so that no failover or resync over this node would ever end`,
      expected: 'every command under its own name',
      fix: `take the rename-command line out of its ${kind}.conf, then restart it; restrict commands by ACL instead`,
    },
  ];
}

/** What ACL SETUSER is told to give a user back what it lacks. */
function rulesFor(user: Account, lacks: readonly string[]): string[] {
  const needsHello = lacks.includes('subscribe') || lacks.includes('publish');
  const channels = needsHello ? ['resetchannels', `&${HELLO_CHANNEL}`] : [];
  return [
    ...(lacks.includes(TO_LOG_IN) ? ['on', '">$(cat FILE)"'] : []),
    ...(user === 'app' || user === 'default' ? ['~*', '&*'] : channels),
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
            ? `${upMends(scene.expectation)}ACL SETUSER default off resetpass -@all on it, as user rsent`
            : `${upMends(scene.expectation)}ACL SETUSER default resetpass ">$(cat FILE)" on it; FILE is password beside the data`,
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
