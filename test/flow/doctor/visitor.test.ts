import fc from 'fast-check';
import { doctorOf } from '../../../src/flow/doctor/doctor.js';
import { Visitor, type VisitorOptions } from '../../../src/flow/doctor/visitor.js';
import { mayHear, type NamedBy, namedBy } from '../../../src/health/doctor/trust.js';
import type { Visit } from '../../../src/health/doctor/visit.js';
import type { Credentials } from '../../../src/model/access.js';
import { SAID } from '../../../src/model/no-answer.js';
import type { Address } from '../../../src/model/topology.js';
import { bulk, FakeServer, list } from '../../helpers/fake-server.js';
import { anIssuer } from '../../helpers/own-certificate.js';

const SECRET = 'the-most-powerful-password';
const NOAUTH = '-NOAUTH Authentication required.\r\n';
const WORDS = [
  NOAUTH,
  '-WRONGPASS invalid username-password pair or user is disabled.\r\n',
  '-NOPERM this user has no permissions\r\n',
  '-DENIED protected mode\r\n',
  '-ERR unknown command\r\n',
  '+PONG\r\n',
  '+OK\r\n',
  ':1\r\n',
  '$-1\r\n',
  '*0\r\n',
  '%1\r\n',
  bulk('# Sentinel\r\nsentinel_masters:1'),
  bulk('role:master'),
];

const fakes: FakeServer[] = [];
const visitors: Visitor[] = [];
afterEach(async () => {
  for (const visitor of visitors.splice(0)) visitor.close();
  await Promise.all(fakes.splice(0).map((fake) => fake.stop()));
});

async function serve(answer: Parameters<typeof FakeServer.start>[0]): Promise<FakeServer> {
  const fake = await FakeServer.start(answer);
  fakes.push(fake);
  return fake;
}

/** One password for all. */
const same = (credentials: Credentials) => ({ redis: credentials, sentinel: credentials });

function visitor(options: Partial<VisitorOptions> = {}): Visitor {
  const made = new Visitor({
    access: same({ password: SECRET }),
    door: (at) => at,
    flush: false,
    ...options,
  });
  visitors.push(made);
  return made;
}

describe('a server that others have named', () => {
  const told = (named: NamedBy, credentials: Credentials) => async (words: string[]) => {
    let next = 0;
    const fake = await serve(() => words[next++ % words.length]);
    await visitor({ access: same(credentials) }).visit(fake.address, 'm', named);
    return fake.heard;
  };
  let ca = '';
  beforeAll(async () => {
    ca = (await (await anIssuer()).issue(['127.0.0.1'])).caPem;
  });
  const replies = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 6 });

  it.each<[string, NamedBy, Credentials]>([
    ['anyone', 'anyone', { password: SECRET }],
    ['anyone, to somebody with a name', 'anyone', { username: 'admin', password: SECRET }],
    ['a Sentinel, to somebody with a name', 'sentinel', { username: 'admin', password: SECRET }],
  ])(
    'never hears the password, whatever it says: %s',
    async (_, named, credentials) => {
      // All at once, as who says nothing that makes sense is waited for.
      const sample = fc.sample(replies, 40);
      const heard = await Promise.all(sample.map(told(named, credentials)));
      for (const each of heard) expect(each).not.toMatch(new RegExp(`${SECRET}|AUTH`));
    },
    30_000,
  );

  it.each(['user', 'sentinel', 'anyone'] as const)(
    'hears no password in the clear where TLS was asked for: named by %s',
    async (named) => {
      for (const words of [[NOAUTH], ['+PONG\r\n', NOAUTH], ['-WRONGPASS x\r\n']]) {
        const heard = await told(named, { password: SECRET, ca, anyName: true })(words);
        expect(heard).not.toContain(SECRET);
      }
    },
  );

  it('is told apart from one that does not let us in', async () => {
    const fake = await serve(() => NOAUTH);
    const visit = await visitor().visit(fake.address, 'm', 'anyone');
    expect(visit).toMatchObject({ kind: 'silent', why: SAID['withheld-unnamed'] });
  });

  it('is told the password when the user has named it', async () => {
    const fake = await serve(([name]) => (name === 'PING' ? NOAUTH : '+OK\r\n'));
    await visitor().visit(fake.address, 'm', 'user');
    expect(fake.heard).toContain(SECRET);
  });

  it('is not dialled when it is not of the topology', async () => {
    const fake = await serve(() => NOAUTH);
    const visit = await visitor({ dials: () => false }).visit(fake.address, 'm', 'user');
    expect(visit.kind).toBe('silent');
    expect(fake.connections).toBe(0);
  });
});

const at = (n: number): Address => ({ ip: `10.0.0.${n}`, port: 26379 });

/** A Sentinel that was let in, or let everyone in, and what it lists. */
function sentinelAt(address: Address, open: boolean, lists: Partial<Record<string, Address[]>>) {
  const link = (each: Address) => ({ address: each });
  return {
    kind: 'sentinel',
    address,
    greeting: { tls: false, open, closed: !open, denied: false },
    facts: {
      handsOut: lists['master']?.[0],
      replicas: (lists['replicas'] ?? []).map(link),
      peers: (lists['peers'] ?? []).map(link),
    },
  } as unknown as Visit;
}

describe('namedBy', () => {
  const doors = [at(1)];

  it('believes only Sentinels that the user has named', () => {
    const forged = sentinelAt(at(2), false, { master: [at(9)], replicas: [at(8)], peers: [at(7)] });
    for (const n of [7, 8, 9]) expect(namedBy(at(n), doors, [forged])).toBe('anyone');
    expect(namedBy(at(1), doors, [forged])).toBe('user');
  });

  it.each([
    [false, 'sentinel'],
    [true, 'anyone'],
  ])('believes what a Sentinel says of others of its kind unless it is open: %s', (open, named) => {
    const door = sentinelAt(at(1), open, { master: [at(3)], replicas: [at(4)], peers: [at(5)] });
    expect([3, 4, 5].map((n) => namedBy(at(n), doors, [door]))).toEqual([
      'sentinel',
      'sentinel',
      named,
    ]);
  });

  it('never lets who has a name say the password in the clear to whom only others have named', () => {
    const booleans = fc.boolean();
    fc.assert(
      fc.property(
        fc.constantFrom<NamedBy>('user', 'sentinel', 'anyone'),
        booleans,
        booleans,
        booleans,
        booleans,
        (named, tls, open, hasName, wantsTls) => {
          const credentials = {
            password: SECRET,
            ...(hasName ? { username: 'admin' } : {}),
            ...(wantsTls ? { ca: 'PEM' } : {}),
          };
          const heard = mayHear(named, { tls, open, closed: !open, denied: false }, credentials);
          if (named === 'anyone' || wantsTls !== tls) expect(heard).toBe(false);
          if (!tls && hasName && named !== 'user') expect(heard).toBe(false);
        },
      ),
    );
  });
});

/** What a Sentinel with a password answers; the lists are what somebody had it believe. */
function sentinel(lists: Readonly<Record<string, readonly Address[]>>) {
  const master = lists['master']?.[0] ?? at(1);
  const entry = ({ ip, port }: Address) =>
    list('name', 'm', 'ip', ip, 'port', String(port), 'flags', 'master', 'runid', 'x');
  const entries = (all: readonly Address[] = []) => `*${all.length}\r\n${all.map(entry).join('')}`;
  const replies: Readonly<Record<string, string>> = {
    INFO: bulk('run_id:a\r\nsentinel_masters:1'),
    'SENTINEL MASTERS': entries([master]),
    'SENTINEL MASTER': entry(master),
    'SENTINEL GET-MASTER-ADDR-BY-NAME': list(master.ip, String(master.port)),
    'SENTINEL REPLICAS': entries(lists['replicas']),
    'SENTINEL SLAVES': entries(lists['replicas']),
    'SENTINEL SENTINELS': entries(lists['peers']),
  };
  const isIn = new WeakSet<object>();
  return ([name = '', sub = '']: readonly string[], socket: object): string => {
    if (name.toUpperCase() === 'AUTH') {
      isIn.add(socket);
      return '+OK\r\n';
    }
    if (!isIn.has(socket)) return NOAUTH;
    const what = name.toUpperCase() === 'INFO' ? 'INFO' : `${name} ${sub}`.toUpperCase();
    return replies[what] ?? '-ERR unknown command\r\n';
  };
}

describe('the doctor of Sentinels that somebody else has made', () => {
  const progress = { stage() {}, detail() {}, done() {}, failed() {}, note() {}, warn() {} };
  const ask = (door: FakeServer, username: string | undefined) =>
    doctorOf(
      { progress, signal: new AbortController().signal },
      {
        sentinels: [door.address],
        nodes: [],
        deep: false,
        access: same({ password: SECRET, ...(username === undefined ? {} : { username }) }),
      },
    );

  it('says a password with a name to its door alone, whoever that lists', async () => {
    const listed = await Promise.all([1, 2, 3].map(() => serve(() => NOAUTH)));
    const [master, replica, peer] = listed.map(({ address }) => [address]);
    const door = await serve(sentinel({ master: master!, replicas: replica!, peers: peer! }));
    const { examined } = await ask(door, 'admin');
    expect(door.heard).toContain(SECRET);
    expect(listed.map(({ connections }) => connections > 0)).toEqual([true, true, true]);
    for (const { heard } of listed) expect(heard).not.toContain(SECRET);
    const fixes = examined.flatMap(({ diagnoses }) => diagnoses.map(({ fix }) => fix));
    expect(fixes).toContain(
      `if it is yours, name it, too, with --node 127.0.0.1:${master![0]!.port}`,
    );
  }, 20_000);

  it('asks no more servers than take part, and tells that there were more', async () => {
    const others = Array.from({ length: 300 }, (_, n) => ({ ip: '127.0.0.1', port: 1 + n }));
    const door = await serve(
      sentinel({ master: [at(1)].map(() => ({ ip: '127.0.0.1', port: 1 })), replicas: others }),
    );
    const [{ examination, diagnoses } = { examination: undefined, diagnoses: [] }] = (
      await ask(door, undefined)
    ).examined;
    expect(examination?.leftOut).toBe(300 - 199);
    expect(diagnoses.map(({ code }) => code)).toContain('too-many-servers');
  }, 20_000);
});
