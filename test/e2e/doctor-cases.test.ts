import { mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { Redis } from 'ioredis';
import type { DoctorDocument, ErrorDocument } from '../helpers/documents.js';
import { Foreign, type ForeignServer, freePort } from '../helpers/foreign.js';
import { eventually, Lab } from '../helpers/lab.js';
import { rawReply } from '../helpers/outsider.js';
import { anIssuer, writeCertificate } from '../helpers/own-certificate.js';
import { type Key, withRedis } from '../helpers/redis.js';

jest.setTimeout(60_000);

let lab: Lab;
let foreign: Foreign;
let master: ForeignServer;
let replicas: ForeignServer[];
let sentinels: ForeignServer[];

/** One deployment for all cases: each bends it, and puts it back. */
beforeAll(async () => {
  lab = await Lab.open();
  foreign = await Foreign.open();
  const dir = join(foreign.directory, 'master');
  await mkdir(dir);
  const redis = ['repl-diskless-sync-delay 0', 'save ""', 'enable-debug-command local'];
  master = await foreign.redis([...redis, `dir ${dir}`, 'dbfilename taken']);
  // Where a directory has the name of the dump, no snapshot can be put there.
  await mkdir(join(dir, 'taken'));
  const follow = [...redis, `replicaof 127.0.0.1 ${master.port}`];
  replicas = await Promise.all([0, 1].map(() => foreign.redis(follow)));
  const lines = [
    `sentinel monitor m 127.0.0.1 ${master.port} 2`,
    'sentinel down-after-milliseconds m 30000',
    'sentinel failover-timeout m 10000',
  ];
  sentinels = await Promise.all([0, 1, 2].map(() => foreign.sentinel(lines)));
  await eventually(doctor, isWell);
}, 90_000);
afterAll(async () => {
  await foreign?.clean();
  await lab?.clean();
});

const doors = () => ['--sentinel', sentinels.map(({ address }) => address).join(',')];
async function look(...args: string[]): Promise<DoctorDocument> {
  const { stdout } = await lab.run('doctor', '--json', ...args);
  return JSON.parse(stdout) as DoctorDocument;
}
const doctor = (...more: string[]) => look(...doors(), ...more);
/** What any deployment on one machine without a guard has; and what these cases do to TILT. */
const USUAL = ['one-host', 'no-write-guard', 'no-persistence', 'debug-times'];
const codes = ({ findings }: DoctorDocument) => [
  ...new Set(findings.map(({ code }) => code).filter((code) => !USUAL.includes(code))),
];
const firstOf = ({ findings }: DoctorDocument) =>
  findings.find(({ code }) => !USUAL.includes(code));
const isWell = (document: DoctorDocument) => codes(document).length === 0;
const has = (code: string) => (document: DoctorDocument) => codes(document).includes(code);
const said = (document: DoctorDocument) => JSON.stringify(document.findings);

type Words = readonly [string, ...string[]];
const tell = (server: ForeignServer, words: Words, key?: Key) =>
  withRedis(server.address, (client) => client.call(...words), key);
const everyone = (servers: readonly ForeignServer[], words: Words, key?: Key) =>
  Promise.all(servers.map((server) => tell(server, words, key)));
const set = (server: ForeignServer, name: string, value: string) =>
  tell(server, ['CONFIG', 'SET', name, value]);
const patience = (ms: number) =>
  everyone(sentinels, ['SENTINEL', 'SET', 'm', 'down-after-milliseconds', String(ms)]);
async function file(name: string, text: string): Promise<string> {
  const path = join(lab.home, name);
  await writeFile(path, text);
  return path;
}

/** Bend it, see what is found, and put it back. */
async function during<T>(act: () => Promise<T>, back: () => Promise<unknown>): Promise<T> {
  try {
    return await act();
  } finally {
    await back();
  }
}

describe('the doctor names the cause', () => {
  it('F01: connections that are used up', async () => {
    await withRedis(master.address, async (client) => {
      const found = await during(
        async () => {
          await client.call('CONFIG', 'SET', 'maxclients', '1');
          return doctor();
        },
        () => client.call('CONFIG', 'SET', 'maxclients', '10000'),
      );
      const first = firstOf(found);
      expect(first).toMatchObject({ code: 'clients-full', severity: 'error' });
      expect(first?.saw).toContain('ERR max number of clients reached');
      expect(said(found)).not.toMatch(/--tls|password/);
    });
  });

  it('F02: a script', async () => {
    await set(master, 'busy-reply-threshold', '10');
    const script = new Redis(master.port, '127.0.0.1', { retryStrategy: () => null });
    script.on('error', () => {});
    const run = script.call('EVAL', 'while true do end', '0').catch(() => undefined);
    const found = await during(
      () => eventually(doctor, has('node-busy')),
      async () => {
        // A library would first ask for INFO, which is refused.
        await rawReply(master.address, 'SCRIPT KILL');
        await run;
        script.disconnect();
      },
    );
    expect(firstOf(found)).toMatchObject({ code: 'node-busy', severity: 'error' });
    expect(firstOf(found)?.fix).toContain('SCRIPT KILL');
    expect(codes(found)).not.toContain('access-refused');
  });

  it('a master whose clients somebody has paused', async () => {
    await tell(master, ['CLIENT', 'PAUSE', '15000', 'ALL']);
    const found = await doctor();
    expect(firstOf(found)).toMatchObject({ code: 'writes-paused', severity: 'error' });
    expect(firstOf(found)?.saw).toContain('CLIENT PAUSE');
    await eventually(doctor, isWell, 30_000);
  });

  it('F03b: a master that cannot save', async () => {
    await set(master, 'save', '3600 1');
    const found = await during(
      async () => {
        await tell(master, ['BGSAVE']);
        return eventually(doctor, has('snapshot-failed'));
      },
      async () => {
        await set(master, 'save', '');
        await rmdir(join(foreign.directory, 'master', 'taken'));
        await tell(master, ['BGSAVE']);
      },
    );
    expect(firstOf(found)).toMatchObject({ code: 'snapshot-failed', severity: 'error' });
    expect(said(found)).not.toMatch(/masterauth|auth-pass/);
  });

  it('F04b: two passwords', async () => {
    const nodes = [master, ...replicas];
    const [a1, b2] = [await file('a1', 'a1\n'), await file('b2', 'b2\n')];
    await everyone(sentinels, ['SENTINEL', 'SET', 'm', 'auth-pass', 'a1']);
    for (const name of ['masterauth', 'requirepass']) {
      await everyone(nodes, ['CONFIG', 'SET', name, 'a1'], { password: 'a1' });
    }
    await everyone(sentinels, ['SENTINEL', 'CONFIG', 'SET', 'sentinel-pass', 'b2']);
    await everyone(sentinels, ['ACL', 'SETUSER', 'default', 'resetpass', '>b2']);
    await during(
      async () => {
        const one = await doctor('--password-file', b2);
        const shut = one.findings.filter(({ code }) => code === 'access-refused');
        expect(shut).toHaveLength(1);
        expect(shut[0]?.saw).toContain('opens the Sentinels, and not the data nodes');
        const both = ['--password-file', a1, '--sentinel-password-file', b2];
        await eventually(() => doctor(...both), isWell);
      },
      async () => {
        await everyone(sentinels, ['ACL', 'SETUSER', 'default', 'nopass'], { password: 'b2' });
        await everyone(sentinels, ['SENTINEL', 'CONFIG', 'SET', 'sentinel-pass', '']);
        for (const name of ['requirepass', 'masterauth']) {
          await everyone(nodes, ['CONFIG', 'SET', name, ''], { password: 'a1' });
        }
      },
    );
  });

  it('F04a: certificates of clients', async () => {
    const issuer = await anIssuer();
    const given = await issuer.issue(['127.0.0.1']);
    const { cert, key, ca } = await writeCertificate((name) => join(lab.home, name), given);
    const tls = (port: number) => [
      'port 0',
      `tls-port ${port}`,
      `tls-cert-file ${cert.path}`,
      `tls-key-file ${key.path}`,
      `tls-ca-cert-file ${ca.path}`,
      'tls-replication yes',
    ];
    const [port, door] = [await freePort(), await freePort()];
    const node = await foreign.redis(tls(port), { port });
    const sentinel = await foreign.sentinel(
      [...tls(door), `sentinel monitor t 127.0.0.1 ${node.port} 1`],
      { port: door },
    );
    const ask = (...more: string[]) =>
      lab.run('doctor', '--json', '--sentinel', sentinel.address, '--tls-ca', ca.path, ...more);
    const { code, stderr, stdout } = await ask();
    expect(code).toBe(2);
    const { error } = JSON.parse(stdout || stderr) as ErrorDocument;
    expect(`${error.message} ${error.hint}`).toMatch(/certificate of its clients.*--tls-cert/s);
    expect(error.hint).not.toContain('--tls-ca ');
    const shown = await ask('--tls-cert', cert.path, '--tls-key', key.path);
    expect(codes(JSON.parse(shown.stdout) as DoctorDocument)).toEqual([
      'sentinels-too-few',
      'no-replicas',
    ]);
  });

  it('E5: doors that are frozen, dead, or no Sentinels', async () => {
    await everyone(sentinels, ['SENTINEL', 'DEBUG', 'tilt-period', '1000']);
    const [frozen, well] = sentinels as [ForeignServer, ForeignServer];
    const nobody = `127.0.0.1:${await freePort()}`;
    frozen.freeze();
    const found = await during(
      () => look('--sentinel', [frozen.address, nobody, master.address, well.address].join(',')),
      async () => frozen.thaw(),
    );
    expect(firstOf(found)).toMatchObject({ code: 'node-frozen', severity: 'error' });
    expect(firstOf(found)?.subject).toContain(frozen.address);
    expect(codes(found)).toEqual(
      expect.arrayContaining(['node-frozen', 'door-closed', 'door-is-no-sentinel']),
    );
    expect(found.masters[0]?.servers.filter(({ answered }) => answered)).toHaveLength(5);
    await eventually(doctor, isWell);
  });

  it('E7, F05: Sentinels that may not ask each other', async () => {
    const admin = { username: 'admin', password: 'adm' };
    await everyone(sentinels, ['ACL', 'SETUSER', 'admin', 'on', '>adm', '~*', '&*', '+@all']);
    await patience(2000);
    const third = sentinels[2]!;
    await tell(third, ['ACL', 'SETUSER', 'default', 'resetpass', '>other']);
    await tell(third, ['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'], admin);
    const apart = await eventually(doctor, has('sentinel-pass-wrong'));
    expect(said(apart)).toContain('sentinel-pass');
    await tell(third, ['ACL', 'SETUSER', 'default', 'nopass'], admin);
    await eventually(doctor, isWell);

    const rules = '-@all +ping +info +hello +auth +client|setname +publish +subscribe'.split(' ');
    const asked = ['masters', 'master', 'replicas', 'sentinels', 'get-master-addr-by-name'];
    const rights = [...asked, 'myid', 'ckquorum'].map((name) => `+sentinel|${name}`);
    await everyone(sentinels, ['ACL', 'SETUSER', 'default', ...rules, ...rights]);
    await during(
      async () => {
        const before = await doctor();
        expect(firstOf(before)).toMatchObject({ code: 'votes-refused', severity: 'error' });
        master.freeze();
        const after = await eventually(doctor, has('votes-unheard'));
        expect(firstOf(after)?.code).toBe('votes-refused');
        expect(said(after)).not.toContain('look again');
      },
      async () => {
        // Back before anybody may vote again: what comes next wants it to be the master still.
        master.thaw();
        const views = () => everyone(sentinels, ['SENTINEL', 'MASTER', 'm']);
        await eventually(views, (all) => all.every((fields) => !String(fields).includes('_down')));
        await everyone(sentinels, ['ACL', 'SETUSER', 'default', '+@all'], admin);
        await patience(30_000);
      },
    );
  });

  it('F03a: a master that loads', async () => {
    await eventually(doctor, isWell);
    await tell(master, ['DEBUG', 'POPULATE', '20000']);
    await set(master, 'loading-process-events-interval-bytes', '1024');
    await set(master, 'key-load-delay', '1000');
    const reload = tell(master, ['DEBUG', 'RELOAD']).catch(() => undefined);
    const found = await eventually(doctor, has('node-loading'));
    const first = firstOf(found);
    expect(first).toMatchObject({ code: 'node-loading', severity: 'error' });
    expect(first?.saw).toMatch(/%/);
    expect(first?.fix).toContain('SENTINEL FAILOVER m');
    expect(said(found)).not.toMatch(/masterauth-missing|auth-pass-missing|no-eligible-replica/);
    await reload;
  });

  it('F03b: the old master that cannot save, when a replica has taken over', async () => {
    await eventually(doctor, isWell);
    const dump = join(foreign.directory, 'master', 'taken');
    await rm(dump, { force: true });
    await mkdir(dump);
    await set(master, 'save', '3600 1');
    await patience(2000);
    await tell(master, ['BGSAVE']);
    // It cannot be demoted, as it answers no PING; the others are done with the failover first.
    // Nor is a demotion promised, once every Sentinel has missed its PONGs.
    const isPromised = ({ findings }: DoctorDocument) =>
      findings.some(({ code, fix }) => code === 'two-masters' && fix.includes('demotes it within'));
    const found = await eventually(
      doctor,
      (document) =>
        has('two-masters')(document) && !has('failover-running')(document) && !isPromised(document),
    );
    expect(firstOf(found)).toMatchObject({ code: 'snapshot-failed', severity: 'error' });
    expect(found.findings.find(({ code }) => code === 'two-masters')).toMatchObject({
      cause: 'snapshot-failed',
      fix: expect.not.stringContaining('Sentinel demotes it'),
    });
    // What the finding says to do.
    await set(master, 'stop-writes-on-bgsave-error', 'no');
    await eventually(
      // Sentinel ends all connections of whom it demotes (sentinel.c, sentinelSendSlaveOf).
      () => withRedis(master.address, (client) => client.info('replication')).catch(() => ''),
      (info) => info.includes('role:slave'),
    );
  });
});
