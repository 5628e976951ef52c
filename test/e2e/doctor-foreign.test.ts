import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { hostAddresses } from '../../src/host/network.js';
import type { DoctorDocument, ErrorDocument } from '../helpers/documents.js';
import { Foreign, type ForeignServer, freePort } from '../helpers/foreign.js';
import { eventually, Lab } from '../helpers/lab.js';
import { anIssuer, writeCertificate } from '../helpers/own-certificate.js';
import { withRedis } from '../helpers/redis.js';

jest.setTimeout(120_000);

let lab: Lab;
let foreign: Foreign;
beforeAll(async () => {
  lab = await Lab.open();
});
beforeEach(async () => {
  foreign = await Foreign.open();
});
afterEach(() => foreign?.clean());
afterAll(() => lab?.clean());

/** What somebody careful writes; only the machine is one for all. */
const CAREFUL = ['min-replicas-to-write 1', 'min-replicas-max-lag 3', 'repl-diskless-sync-delay 0'];
const sentinelOf = (address: string, ...more: string[]) => [
  `sentinel monitor m ${address.replace(':', ' ')} 2`,
  'sentinel down-after-milliseconds m 2000',
  'sentinel failover-timeout m 10000',
  ...more,
];

async function doctor(where: string, ...more: string[]): Promise<DoctorDocument> {
  const { code, stdout } = await lab.run('doctor', '--sentinel', where, '--json', ...more);
  const document = JSON.parse(stdout) as DoctorDocument;
  expect(code).toBe(document.findings.length === 0 ? 0 : 1);
  return document;
}
/** Of what follows from no other. */
const codes = ({ findings }: DoctorDocument) => [
  ...new Set(findings.filter(({ cause }) => cause === null).map(({ code }) => code)),
];
const of = (document: DoctorDocument, code: string) =>
  document.findings.filter((finding) => finding.code === code);
const exactly = (wanted: readonly string[]) => (document: DoctorDocument) =>
  JSON.stringify(codes(document).sort()) === JSON.stringify([...wanted].sort());
const has = (code: string) => (document: DoctorDocument) => codes(document).includes(code);

/** A master, two replicas and three Sentinels of processes of this machine. */
async function byHand(redis: readonly string[] = CAREFUL, sentinel: readonly string[] = []) {
  const master = await foreign.redis(redis);
  const follow = `replicaof 127.0.0.1 ${master.port}`;
  const replicas = await Promise.all([0, 1].map(() => foreign.redis([...redis, follow])));
  const lines = sentinelOf(master.address, ...sentinel);
  const sentinels = await Promise.all([0, 1, 2].map(() => foreign.sentinel(lines)));
  return { master, replicas, sentinels, where: sentinels[0]!.address };
}

const tell = (server: ForeignServer, command: string, ...args: string[]) =>
  withRedis(server.address, (client) => client.call(command, ...args));

describe('the doctor with servers made by hand', () => {
  it('finds nothing but the one machine in careful ones, then what is broken in them', async () => {
    const { master, replicas, sentinels, where } = await byHand();
    const ask = () => doctor(where);
    const well = exactly(['one-host']);
    const first = await eventually(ask, well);
    expect(first.masters[0]?.servers).toHaveLength(6);

    await tell(sentinels[2]!, 'SENTINEL', 'SET', 'm', 'down-after-milliseconds', '3000');
    const differing = await doctor(where);
    expect(of(differing, 'settings-disagree')[0]?.saw).toContain('down-after-milliseconds differs');
    await tell(sentinels[2]!, 'SENTINEL', 'SET', 'm', 'down-after-milliseconds', '2000');
    await eventually(ask, well);

    // Another topology that thinks it is its own.
    const other = await foreign.sentinel([
      `sentinel monitor theirs 127.0.0.1 ${master.port} 1`,
      'sentinel down-after-milliseconds theirs 2000',
    ]);
    const claimed = await eventually(ask, has('claimed-twice'));
    expect(of(claimed, 'claimed-twice')[0]?.saw).toContain(`sentinel ${other.address}`);
    await other.stop();
    await eventually(ask, well);

    await tell(replicas[0]!, 'REPLICAOF', 'localhost', String(master.port));
    const mixed = await eventually(ask, exactly(['one-host', 'master-by-other-name']), 10_000);
    expect(of(mixed, 'master-by-other-name')[0]?.subject).toContain(replicas[0]!.address);
    await tell(replicas[0]!, 'REPLICAOF', '127.0.0.1', String(master.port));
    await eventually(ask, well);

    await replicas[1]!.stop();
    const down = await eventually(ask, exactly(['one-host', 'node-down']));
    expect(of(down, 'node-down')[0]?.subject).toContain(replicas[1]!.address);
    await sentinels[1]!.stop();
    await sentinels[2]!.stop();
    await eventually(ask, has('no-majority'));
  });

  it('finds Sentinels that were copied with their id', async () => {
    const id = `sentinel myid ${'a'.repeat(40)}`;
    const { where, sentinels } = await byHand(CAREFUL, [id]);
    const found = await eventually(() => doctor(where), has('duplicate-sentinel-id'));
    const [finding] = of(found, 'duplicate-sentinel-id');
    for (const { address } of sentinels) expect(finding?.subject).toContain(address);
    expect(codes(found)).not.toContain('peer-unknown');
  });

  // That they are ghosts is proven only by five minutes of silence.
  it('finds servers that are gone among replicas and Sentinels', async () => {
    const ports = await Promise.all([freePort(), freePort()]);
    const gone = [
      `sentinel known-replica m 127.0.0.1 ${ports[0]}`,
      `sentinel known-sentinel m 127.0.0.1 ${ports[1]} ${'b'.repeat(40)}`,
    ];
    const { where } = await byHand(CAREFUL, gone);
    const found = await eventually(
      () => doctor(where),
      (document) => of(document, 'node-down').length === 2,
    );
    expect(codes(found)).not.toContain('ghost');
    const subjects = of(found, 'node-down').map(({ subject }) => subject);
    for (const port of ports)
      expect(subjects).toContainEqual(expect.stringContaining(`127.0.0.1:${port}`));
  });

  it('finds careless data nodes: no disk, no guard, CONFIG renamed', async () => {
    const { where } = await byHand(['save ""', 'rename-command SLAVEOF hidden']);
    const careless = ['command-renamed', 'no-persistence', 'no-write-guard', 'one-host'];
    await eventually(() => doctor(where), exactly(careless));
  });

  it('finds that CONFIG is renamed, which hides the rest', async () => {
    const { where } = await byHand([...CAREFUL, 'rename-command CONFIG ""']);
    const found = await eventually(() => doctor(where), exactly(['command-renamed', 'one-host']));
    expect(of(found, 'command-renamed')[0]?.saw).toContain('CONFIG');
  });

  it('finds two Sentinels too few, and their quorum too high for one', async () => {
    const master = await foreign.redis(CAREFUL);
    const one = await foreign.sentinel(sentinelOf(master.address));
    // A master that asks for one replica, and has none, takes no write.
    const always = ['no-replicas', 'one-host', 'writes-refused'];
    const alone = [...always, 'quorum-too-high', 'sentinels-too-few'];
    await eventually(() => doctor(one.address), exactly(alone));
    await foreign.sentinel(sentinelOf(master.address));
    const two = [...always, 'sentinels-too-few'];
    await eventually(() => doctor(one.address), exactly(two));
    await Promise.all([0, 1].map(() => foreign.sentinel(sentinelOf(master.address))));
    const four = [...always, 'quorum-too-low', 'sentinels-even'];
    await eventually(() => doctor(one.address), exactly(four));
  });

  it('finds names in place of addresses', async () => {
    const port = await freePort();
    await foreign.redis(['protected-mode no'], { port });
    const { address } = await foreign.sentinel([
      'sentinel resolve-hostnames yes',
      'sentinel announce-hostnames yes',
      `sentinel monitor m ${hostname()} ${port} 1`,
    ]);
    const found = await eventually(() => doctor(address), has('hostname-announced'));
    expect(of(found, 'hostname-announced')[0]?.saw).toContain(`${hostname()}:${port}`);
  });

  it('finds servers that anybody can reach, and one in protected mode', async () => {
    const [ip = ''] = hostAddresses();
    const master = await foreign.redis(['bind * -::*', 'protected-mode no'], { ip });
    const { address } = await foreign.sentinel(sentinelOf(master.address), { ip });
    const open = await eventually(() => doctor(address), has('open-to-others'));
    expect(of(open, 'open-to-others')[0]?.subject).toContain(master.address);
    await tell(master, 'CONFIG', 'SET', 'protected-mode', 'yes').catch(() => undefined);
    const shut = await eventually(() => doctor(address), has('protected-mode'));
    expect(of(shut, 'protected-mode')[0]?.saw).toContain('-DENIED');
  });

  it('looks in with a password, and finds who was not told it', async () => {
    const file = join(lab.home, 'foreign-password');
    await writeFile(file, 'a b#"c\n');
    const closed = [...CAREFUL, 'requirepass "a b#\\"c"'];
    const { where } = await byHand([...closed, 'masterauth "a b#\\"c"']);
    // The Sentinel is not let in, either: once it counts the server as down, that is said instead.
    const isRefused = (document: DoctorDocument) =>
      has('access-refused')(document) || has('shut-out')(document);
    const without = await eventually(() => doctor(where), isRefused);
    expect(codes(without)).not.toContain('no-master');
    const ask = () => doctor(where, '--password-file', file);
    const found = await eventually(ask, has('auth-pass-missing'));
    expect(of(found, 'auth-pass-missing')).toHaveLength(1);
    expect(JSON.stringify(found)).not.toContain('a b#');
  });

  it('finds passwords that differ, and masterauth that is none', async () => {
    const file = join(lab.home, 'admin-password');
    await writeFile(file, 'of-the-admin');
    const admin = 'user admin on >of-the-admin ~* &* +@all';
    const follow = (master: ForeignServer) => `replicaof 127.0.0.1 ${master.port}`;
    const master = await foreign.redis([...CAREFUL, admin, 'requirepass one']);
    const replicas = await Promise.all([
      foreign.redis([...CAREFUL, admin, 'requirepass two', 'masterauth one', follow(master)]),
      foreign.redis([...CAREFUL, admin, 'requirepass one', 'masterauth 3', follow(master)]),
    ]);
    const pass = ['sentinel auth-pass m one', `sentinel known-replica m 127.0.0.1 ${master.port}`];
    const { address } = await foreign.sentinel(sentinelOf(master.address, pass[0]!));
    const as = ['--user', 'admin', '--password-file', file];
    const unnamed = await eventually(() => doctor(address, ...as), has('access-refused'));
    expect(of(unnamed, 'access-refused')[0]?.fix).toContain(`--node ${master.address}`);
    const nodes = [master, ...replicas].map((each) => each.address).join(',');
    const ask = () => doctor(address, ...as, '--node', nodes);
    const found = await eventually(ask, has('passwords-differ'));
    expect(of(found, 'masterauth-missing')[0]?.subject).toContain(master.address);
  });

  it('finds TLS that is on in one place only', async () => {
    const issued = await (await anIssuer()).issue(['127.0.0.1']);
    const files = await writeCertificate((name) => join(foreign.directory, name), issued);
    const [cert, key, ca] = [files.cert, files.key, files.ca].map((file) => file?.path ?? '');
    const master = await foreign.redis(CAREFUL);
    const port = await freePort();
    await foreign.sentinel(
      [
        'port 0',
        `tls-port ${port}`,
        `tls-cert-file ${cert}`,
        `tls-key-file ${key}`,
        `tls-ca-cert-file ${ca}`,
        'tls-auth-clients no',
        ...sentinelOf(master.address),
      ],
      { port },
    );
    const where = `127.0.0.1:${port}`;
    const found = await eventually(() => doctor(where, '--tls-ca', ca!), has('tls-half-on'));
    expect(of(found, 'tls-half-on')[0]?.subject).toContain(master.address);
    const { code, stderr } = await lab.run('doctor', '--sentinel', where);
    expect(code).toBe(2);
    expect(stderr).toContain('--tls-ca');
  });
});

describe('the doctor with containers made by the recipe', () => {
  /** `sentinel monitor mymaster 127.0.0.1 6379 2`, the conf mounted as one file, ports published. */
  it('tells what is wrong with it', async () => {
    const port = await freePort();
    const redis = ['protected-mode no', 'bind 0.0.0.0', `port ${port}`];
    await foreign.container(redis, false, { publish: port });
    const recipe = [
      'port 26379',
      'protected-mode no',
      'bind 0.0.0.0',
      `sentinel monitor mymaster 127.0.0.1 ${port} 2`,
      'sentinel down-after-milliseconds mymaster 2000',
      'sentinel parallel-syncs mymaster 1',
      'sentinel failover-timeout mymaster 180000',
    ];
    const all = await Promise.all(
      [0, 1, 2].map(() => foreign.container(recipe, true, { publish: 26379 })),
    );
    const one = all[0]!.published;
    const found = await eventually(() => doctor(one, '--deep'), has('loopback-announced'));
    expect(codes(found).slice(0, 2)).toEqual(
      expect.arrayContaining([expect.stringMatching(/loopback-announced|sentinels-too-few/)]),
    );
    expect(codes(found)).toEqual(
      expect.arrayContaining(['conf-not-saved', 'sentinels-too-few', 'quorum-too-high']),
    );
    expect(codes(found)).not.toContain('one-host');
    const [finding] = of(found, 'loopback-announced');
    expect(finding?.saw).toContain(`a master is at 127.0.0.1:${port}, and cannot reach it there`);
    expect(finding?.fix).toContain('SENTINEL MONITOR mymaster ADDRESS');
    expect(of(found, 'conf-not-saved')[0]?.fix).toContain('mount the directory');
    // All three at once: none of them knows the others.
    const together = await doctor(all.map(({ published }) => published).join(','));
    expect(codes(together)).toEqual(expect.arrayContaining(['loopback-announced', 'peer-unknown']));
    expect(codes(together)).not.toContain('conf-not-saved');
  });

  it('finds an address that the Sentinel reaches and this machine does not', async () => {
    const port = await freePort();
    const pod = await foreign.container([`port ${port}`, 'protected-mode no'], false, {
      publish: 26379,
    });
    const lines = ['port 26379', 'protected-mode no', `sentinel monitor m 127.0.0.1 ${port} 1`];
    await foreign.container(lines, true, { of: pod.id });
    const where = pod.published;
    const answers = () => lab.run('doctor', '--sentinel', where, '--json');
    await eventually(answers, ({ code }) => code === 1);
    const found = await eventually(() => doctor(where), has('address-unreachable'));
    expect(of(found, 'address-unreachable')[0]?.saw).toContain(`127.0.0.1:${port}`);
    expect(codes(found)).not.toContain('no-master');
  });
});

describe('the doctor that cannot look', () => {
  const refusal = async (...args: string[]) => {
    const { code, stdout } = await lab.run('doctor', ...args, '--json');
    const { error } = JSON.parse(stdout) as ErrorDocument;
    return { code, kind: error.kind, message: error.message, hint: error.hint };
  };

  it('says why, and ends with 2', async () => {
    const data = await foreign.redis();
    const closed = await foreign.sentinel(['requirepass secret']);
    const idle = await foreign.sentinel([]);
    const nobody = `127.0.0.1:${await freePort()}`;
    const at = (address: string, ...more: string[]) => refusal('--sentinel', address, ...more);
    expect(await at(nobody)).toMatchObject({ code: 2, message: expect.stringMatching(/refused/) });
    expect(await at(data.address)).toMatchObject({
      code: 2,
      message: expect.stringContaining('is a data node'),
    });
    expect(await at(closed.address)).toMatchObject({
      code: 2,
      hint: expect.stringContaining('--password-file'),
    });
    expect(await at(idle.address)).toMatchObject({
      code: 2,
      message: expect.stringContaining('monitors no master'),
    });
    expect(await at(idle.address, '--master', 'x')).toMatchObject({ code: 2, kind: 'topology' });
    expect(await at('nonsense')).toMatchObject({ code: 2, kind: 'usage' });
    expect(await refusal('x', '--sentinel', nobody)).toMatchObject({ code: 2, kind: 'usage' });
    expect(await refusal('x', '--user', 'me')).toMatchObject({ code: 2, kind: 'usage' });
    expect(await refusal(lab.name())).toMatchObject({ code: 2, kind: 'topology' });
  });
});
