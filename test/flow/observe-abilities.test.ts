import type { Engine } from '../../src/engine/engine.js';
import { Observer } from '../../src/flow/observe.js';
import { expectRecord } from '../../src/health/expect.js';
import { LOCAL_FILES } from '../../src/host/file-store.js';
import { accessWith } from '../../src/model/access.js';
import type { Denied } from '../../src/model/observation.js';
import type { NodeKind } from '../../src/model/topology.js';
import { FakeServer } from '../helpers/fake-server.js';
import { captured } from '../helpers/fixtures.js';
import { ACL, OWN_PASSWORDS, onePassword } from '../helpers/security.js';
import { aRecord, nodeNamed } from '../helpers/topology.js';

const record = aRecord({ security: ACL });
const servers: FakeServer[] = [];
const LISTED = ['default', 'app', 'rsent', 'sentinel', 'replication'];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

/** A value of the protocol as a server sends it. */
function encoded(value: unknown): string {
  if (Array.isArray(value)) return `*${value.length}\r\n${value.map(encoded).join('')}`;
  if (typeof value === 'number') return `:${value}\r\n`;
  if (value === null || value === undefined) return '$-1\r\n';
  return `$${Buffer.byteLength(String(value))}\r\n${value}\r\n`;
}

/** What is known of a recorded node. It hands out no address: there is nobody at them. */
const QUESTIONS: Readonly<Record<string, string>> = {
  ...{ info: 'info', role: 'role', 'sentinel myid': 'myid', 'sentinel master': 'master' },
  ...{ 'sentinel ckquorum': 'ckquorum', 'sentinel debug': 'debug' },
};

/** What one look at a node tells of rights, and all that the node was sent. */
async function look(name: string, isAcl: boolean, dryRun: (command: string) => string) {
  const kind: NodeKind = name.startsWith('redis') ? 'redis' : 'sentinel';
  const said: string[] = [];
  const recorded = captured('redis-7.0-healthy').replies[name]?.replies as
    | Readonly<Record<string, { ok: boolean; value?: unknown }>>
    | undefined;
  const server = await FakeServer.start((words) => {
    said.push(words.join(' '));
    const [first = '', second = ''] = words;
    if (/^acl list/i.test(`${first} ${second}`)) {
      return encoded(LISTED.map((user) => `user ${user} on #a1 ~* &* +@all`));
    }
    if (/^acl$/i.test(first)) return dryRun(words.slice(3).join(' '));
    const command = (kind === 'sentinel' && /^sentinel$/i.test(first) ? [first, second] : [first])
      .join(' ')
      .toLowerCase();
    const reply = recorded?.[QUESTIONS[command] ?? ''];
    if (reply?.ok === true) return encoded(reply.value);
    return first === 'SENTINEL' ? '*0\r\n' : '+OK\r\n';
  });
  servers.push(server);
  const target = {
    ...nodeNamed(record, name),
    ...{ address: server.address, published: server.address },
  };
  const container = { name: target.container, state: 'running', networks: ['lab-net'] };
  const engine = { containers: async () => [container] } as unknown as Engine;
  const access = accessWith(isAcl ? OWN_PASSWORDS : onePassword('a-password'), isAcl);
  const observer = new Observer(engine, expectRecord(record), [target], access, LOCAL_FILES);
  const { nodes } = await observer.look();
  observer.close();
  const answer = nodes[0]?.answer;
  if (answer?.reached !== true) throw new Error(`${name} was not reached: ${answer?.why}`);
  const denied: readonly Denied[] | undefined = answer.facts.denied;
  return { said, facts: answer.facts, denied };
}

const allowed = () => '+OK\r\n';
const isDryRun = (command: string) => /^acl dryrun/i.test(command);

describe.each(['redis-1', 'sentinel-1'])('a look at %s', (name) => {
  it('asks with ACL, as rsent, what the others may do, and tells what they may not', async () => {
    const { said, denied } = await look(name, true, (command) =>
      command.startsWith('CLIENT SETNAME') ? encoded('This user has no permissions') : '+OK\r\n',
    );
    expect(said).toContain('auth rsent password-of-rsent');
    expect(said.filter(isDryRun).length).toBeGreaterThan(3);
    expect(denied).toEqual([{ user: 'sentinel', permission: 'client|setname' }]);
  });

  it('tells that they may all', async () => {
    expect((await look(name, true, allowed)).denied).toEqual([]);
  });

  it('reads the rules where the server does not know the question', async () => {
    const { denied } = await look(name, true, () => "-ERR Unknown subcommand 'DRYRUN'\r\n");
    expect(denied).toEqual([]);
  });

  it('asks without ACL about the one user that all are', async () => {
    const { said, denied } = await look(name, false, (command) =>
      command.startsWith('PUBLISH') ? encoded('This user has no permissions') : '+OK\r\n',
    );
    expect(said).toContain('auth a-password');
    expect(said.filter(isDryRun).length).toBeGreaterThan(3);
    expect(said.filter(isDryRun).filter((each) => !/dryrun default/i.test(each))).toEqual([]);
    expect(denied).toEqual([{ user: 'default', permission: 'publish' }]);
  });
});
