import type { AccessFacts, NodeObservation, Observation, UserFacts } from '../model/observation.js';
import { type Account, rightsOn } from '../model/rights.js';
import { shellWord } from '../model/shell.js';
import { type NodeKind, sameAddress } from '../model/topology.js';
import type { Expectation, Finding } from '../model/verdict.js';
import { type ChangedUser, changedUsers, strangersAmong } from './changed-users.js';
import type { Scene } from './scene.js';

/** Findings about the users of the servers: those that rsent did not make, and those that it did. */
export function judgeUsers({ expectation }: Scene, observation: Observation): Finding[] {
  const { settings } = expectation;
  if (settings?.ownUsers !== true) return [];
  return [
    ...observation.nodes.flatMap((node) => judgeOwn(expectation, observation, node)),
    ...judgeStrangers(expectation, observation.nodes),
  ];
}

function judgeOwn(
  expectation: Expectation,
  observation: Observation,
  { name, kind, answer }: NodeObservation,
): Finding[] {
  const { settings, topology } = expectation;
  if (settings === undefined || !answer.reached) return [];
  const { auth, acl, isRotating = false } = settings;
  const changed = changedUsers(kind, answer.facts, { auth, acl, isRotating });
  return changed.flatMap((user: ChangedUser): Finding[] => {
    const { account, differences, isOpen, isNarrowed } = user;
    const isTold = account === 'default' && isDialledFreely(expectation, observation, name);
    const open: Finding = {
      code: 'lets-anyone-in',
      severity: 'error',
      subject: name,
      saw: `its user ${account} needs no password`,
      expected: 'a password for everyone',
      fix: `rsent up ${topology} asks for its password again`,
    };
    const differs: Finding = {
      code: 'rights-differ',
      severity: 'warning',
      subject: name,
      saw: `its user ${account} has ${isNarrowed ? 'fewer' : 'other'} rights than rsent gave it: ${differences.join('; ')}`,
      expected: 'as rsent gave them: no less than is needed, and no more',
      fix: isNarrowed
        ? `if nobody meant that: ${widening(topology, name, kind, account, answer.facts)}, then CONFIG REWRITE there; rsent up leaves it so`
        : `rsent up ${topology} gives it its own rights back`,
    };
    return [...(isOpen && !isTold ? [open] : []), ...(differences.length > 0 ? [differs] : [])];
  });
}

/** The command that gives an application's user back what it lacks; no other right of its is touched. */
function widening(
  topology: string,
  node: string,
  kind: NodeKind,
  account: Account,
  { curtailed }: AccessFacts,
): string {
  const acl = account !== 'default';
  const rights = rightsOn(kind, acl).get(account);
  const lacks = (curtailed ?? []).map(({ permission }) => `+${permission}`);
  const rules = [...(rights?.keys ?? []), ...(rights?.channels ?? [])].map((rule) => `'${rule}'`);
  const as = acl ? ' --as rsent' : '';
  return `rsent cli ${topology} ${node}${as} -- ACL SETUSER ${account} ${[...rules, ...lacks].join(' ')}`;
}

/** True when it let in who dialled it as a stranger, which is told already. */
function isDialledFreely({ nodes }: Expectation, { dials }: Observation, name: string): boolean {
  const node = nodes.find((each) => each.name === name);
  return dials.some(
    ({ address, letsAnyoneIn }) =>
      letsAnyoneIn === true && node !== undefined && sameAddress(address, node.address),
  );
}

/** One finding for each user, however many nodes have it. */
function judgeStrangers(expectation: Expectation, nodes: readonly NodeObservation[]): Finding[] {
  const { settings, topology } = expectation;
  const acl = settings?.acl === true;
  const found = new Map<string, { user: UserFacts; on: string[] }>();
  for (const { name, kind, answer } of nodes) {
    if (!answer.reached) continue;
    for (const user of strangersAmong(kind, answer.facts, acl)) {
      const key = `${user.name} ${mayText(user)}`;
      const entry = found.get(key) ?? { user, on: [] };
      entry.on.push(name);
      found.set(key, entry);
    }
  }
  return [...found.values()].map(({ user, on }) => ({
    code: 'acl-stranger',
    severity: user.isOn && !user.needsPassword && settings?.auth ? 'error' : 'warning',
    subject: on.join(', '),
    saw: `a user that rsent did not make: ${quoted(user.name)}, ${mayText(user)}`,
    expected: 'only the users that rsent made: another one keeps its password when theirs change',
    fix: removalOf(user.name, topology, on, acl),
  }));
}

/** What it may do, in short, in the words of the ACL. */
function mayText({ isOn, needsPassword, keys, commands, selectors }: UserFacts): string {
  if (!isOn) return 'which is off';
  const rights = [...commands, ...keys, ...(selectors === '' ? [] : [selectors])].join(' ');
  const short = rights.length > 120 ? `${rights.slice(0, 120)} …` : rights;
  return `which may log in${needsPassword ? '' : ' without a password'}: ${short || 'no rights'}`;
}

/** What a terminal would obey, and rsent therefore does not print (report/text.ts). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNPRINTED = /[\x00-\x1f\x7f-\x9f]/;

/** As one word of a shell; what cannot be printed as bash, zsh and POSIX since 2024 write it. */
function quoted(name: string): string {
  if (!UNPRINTED.test(name)) return shellWord(name);
  const chars = [...name].map((char) => {
    if (char === "'" || char === '\\') return `\\${char}`;
    // Always three digits: what follows is not taken for one more.
    const bytes = [...Buffer.from(char)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`);
    return UNPRINTED.test(char) ? bytes.join('') : char;
  });
  return `$'${chars.join('')}'`;
}

/** What takes a user away, on the first of its nodes. */
function removalOf(name: string, topology: string, [on = '', ...more]: string[], acl: boolean) {
  const others = more.length > 0 ? `, and so on ${more.join(', ')}` : '';
  const cli = `rsent cli ${topology} ${on}${acl ? ' --as rsent' : ''}`;
  const rest = `${others}; then CONFIG REWRITE (on a Sentinel SENTINEL FLUSHCONFIG), or it comes back with the next start`;
  if (!name.includes('\ufffd'))
    return `if nobody needs it: ${cli} -- ACL DELUSER ${quoted(name)}${rest}`;
  return `its name is not UTF-8, and is another one than is printed here: ${cli} -- --no-raw ACL USERS shows its bytes. If nobody needs it, ACL DELUSER with these (in bash $'\\xff' is one)${rest}`;
}
