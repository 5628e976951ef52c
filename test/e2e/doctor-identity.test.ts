import { jest } from '@jest/globals';
import type { DoctorDocument } from '../helpers/documents.js';
import { eventually, Lab } from '../helpers/lab.js';
import { AT, Plain } from '../helpers/plain.js';
import { withRedis } from '../helpers/redis.js';

jest.setTimeout(120_000);

const plain = new Plain();
let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
  await plain.open();
});
afterAll(async () => {
  await plain.clean();
  await lab?.clean();
});

/** Nobody answers yet, or again. */
const NOBODY: DoctorDocument = {
  ...{ schemaVersion: 1, healthy: false, subject: '', masters: [] },
  findings: [
    {
      ...{ code: 'nobody', severity: 'error', masterName: '', subject: '', saw: '', why: '' },
      ...{ expected: '', fix: '', threads: [], cause: null, follows: [] },
    },
  ],
};

async function doctor(...more: string[]): Promise<DoctorDocument> {
  const where = plain.sentinels.join(',');
  const { code, stdout } = await lab.run('doctor', '--sentinel', where, '--json', ...more);
  if (code === 2) return { ...NOBODY, subject: stdout };
  return JSON.parse(stdout) as DoctorDocument;
}

/** What the deployment has that is not a case: the one machine of a test, and no guard. */
const ALWAYS = ['no-write-guard', 'open-to-others'];
const codes = ({ findings }: DoctorDocument) => [
  ...new Set(findings.map(({ code }) => code).filter((code) => !ALWAYS.includes(code))),
];
const of = (document: DoctorDocument, code: string) =>
  document.findings.find((finding) => finding.code === code);
const has = (code: string) => (document: DoctorDocument) => of(document, code) !== undefined;
const isWell = (document: DoctorDocument) => codes(document).length === 0;
const well = () => eventually(() => doctor(), isWell, 45_000);

/** Codes of errors that do not follow from another. */
const standing = ({ findings }: DoctorDocument) => {
  const own = findings.filter(({ severity, cause }) => severity === 'error' && cause === null);
  return [...new Set(own.map(({ code }) => code))];
};

const replicas = [AT.second, AT.third];
const repoint = (hosts: readonly number[], to: string) =>
  Promise.all(hosts.map((host) => plain.tell(plain.at(host), 'REPLICAOF', to, '6379')));

describe('the doctor, and who is who', () => {
  it('finds nothing in a careful deployment', async () => {
    await well();
  });

  it('takes a name for the master where the Sentinels do, though it means nothing here', async () => {
    await plain.tellSentinels('CONFIG', 'SET', 'resolve-hostnames', 'yes');
    await repoint(replicas, 'db-main');
    const info = await withRedis(plain.at(AT.second), (client) => client.info('replication'));
    expect(info).toContain('master_host:db-main');
    await well();
    await plain.tellSentinels('CONFIG', 'SET', 'resolve-hostnames', 'no');
    const found = await eventually(() => doctor(), has('master-by-other-name'));
    expect(of(found, 'master-by-other-name')?.saw).toContain('resolve-hostnames is not yes');
    await repoint(replicas, plain.ip(AT.master));
    await well();
  });

  it('finds replicas that come from the master’s own address', async () => {
    const master = plain.at(AT.master);
    // Else a Sentinel makes the master a replica of itself after eight seconds.
    await plain.tell(master, 'ACL', 'SETUSER', 'default', '-slaveof');
    await repoint(replicas, plain.gate);
    await eventually(
      () => withRedis(master, (client) => client.info('replication')),
      (info) => info.split(`ip=${plain.gate},`).length === 3,
    );
    await plain.monitor(AT.master);
    const found = await eventually(() => doctor(), has('replicas-behind-nat'));
    const [first] = found.findings;
    expect(first).toMatchObject({ code: 'replicas-behind-nat' });
    expect(first?.saw).toContain(`${plain.gate}:6379`);
    expect(first?.fix).toContain('replica-announce-ip');
    expect(found.findings.filter(({ saw }) => saw.includes('not of this topology'))).toEqual([]);
    await plain.tell(master, 'ACL', 'SETUSER', 'default', '+slaveof');
    const itself = await eventually(() => doctor(), has('follows-itself'), 30_000);
    const [cause, ...others] = itself.findings;
    expect(cause).toMatchObject({ code: 'replicas-behind-nat' });
    expect(cause?.fix).toMatch(/SENTINEL REMOVE mymaster;.*REPLICAOF NO ONE;.*SENTINEL MONITOR/);
    expect(others.filter((each) => each.severity === 'error' && !each.cause)).toEqual([]);
    // What the finding says to do.
    await plain.tellSentinels('REMOVE', 'mymaster');
    await repoint(replicas, plain.ip(AT.master));
    await plain.tell(master, 'REPLICAOF', 'NO', 'ONE');
    await eventually(
      () => withRedis(master, (client) => client.info('replication')),
      (info) => !info.includes(`ip=${plain.gate},`) && info.includes('connected_slaves:2'),
    );
    await plain.monitor(AT.master);
    await well();
  });

  it('finds whole copies for ever, and names the limit', async () => {
    const master = plain.at(AT.master);
    const set = (name: string, value: string) => plain.tell(master, 'CONFIG', 'SET', name, value);
    await withRedis(master, async (client) => {
      await client.call('DEBUG', 'POPULATE', '30000', 'key', '100').catch(() => undefined);
      await set('repl-backlog-size', '16384');
      await set('client-output-buffer-limit', 'slave 1048576 1048576 1');
      await set('rdb-key-save-delay', '300');
      let isOver = false;
      const text = 'x'.repeat(200_000);
      const writing = (async () => {
        while (!isOver) await Promise.all([1, 2, 3, 4, 5].map((n) => client.set(`big${n}`, text)));
      })();
      try {
        await client.call('CLIENT', 'KILL', 'TYPE', 'replica');
        const found = await eventually(() => doctor(), has('replica-resyncing'));
        const finding = of(found, 'replica-resyncing');
        expect(finding?.saw).toContain('client-output-buffer-limit is "slave 1048576 1048576 1"');
        expect(finding?.fix).toContain('CONFIG SET client-output-buffer-limit');
      } finally {
        isOver = true;
        await writing;
      }
      await set('client-output-buffer-limit', 'slave 268435456 67108864 60');
      await set('rdb-key-save-delay', '0');
      await set('repl-backlog-size', '1048576');
      await client.call('FLUSHALL');
    });
    await well();
  });

  it('calls a dead master dead before the Sentinels do, and says when they act', async () => {
    await plain.tellSentinels('SET', 'mymaster', 'down-after-milliseconds', '60000');
    await plain.kill(AT.master);
    const found = await doctor();
    const [first] = found.findings;
    expect(first).toMatchObject({ code: 'node-down' });
    expect(first?.subject).toContain(plain.at(AT.master));
    expect(first?.saw).toMatch(/the Sentinels will act in \d+ s/);
    expect(codes(found)).not.toContain('address-unreachable');
    expect(of(found, 'no-master')).toMatchObject({ cause: 'node-down' });
    await plain.start(AT.master);
    await plain.tellSentinels('SET', 'mymaster', 'down-after-milliseconds', '5000');
    await well();
  });

  it('finds Sentinels that hand out the past, and its remedy works', async () => {
    await plain.tellSentinels('REMOVE', 'mymaster');
    await plain.tell(plain.at(AT.second), 'REPLICAOF', 'NO', 'ONE');
    await repoint([AT.master, AT.third], plain.ip(AT.second));
    await plain.monitor(AT.master);
    const found = await eventually(() => doctor(), has('master-follows-another'));
    const [first, ...rest] = found.findings;
    expect(first?.code).toBe('master-follows-another');
    expect(first?.fix).toContain(`SENTINEL MONITOR mymaster ${plain.ip(AT.second)} 6379 2`);
    const unexplained = rest.filter(({ severity, cause }) => severity === 'error' && !cause);
    expect(unexplained).toEqual([]);
    for (const { why } of found.findings) expect(why).not.toContain('nobody takes writes');
    await plain.monitor(AT.second);
    await well();
  });

  it('finds a master in cluster mode', async () => {
    await plain.redis(31, ['cluster-enabled yes']);
    await plain.redis(32, [`replicaof ${plain.ip(31)} 6379`]);
    await plain.tellSentinels('MONITOR', 'other', plain.ip(31), '6379', '2');
    const ask = () => doctor('--master', 'other');
    const found = await eventually(ask, has('cluster-enabled'));
    expect(found.findings[0]).toMatchObject({ code: 'cluster-enabled', severity: 'error' });
    // After a failover it cannot be made a replica, and all that is seen of it follows from that.
    // Accepted once that Sentinel has learned of a replica that it may promote.
    const promote = () =>
      plain
        .tell(plain.sentinels[0] ?? '', 'SENTINEL', 'FAILOVER', 'other')
        .catch((error: Error) => error.message);
    await eventually(promote, (answer) => answer === 'OK', 30_000);
    const after = await eventually(
      ask,
      (document) =>
        has('sees-other-role')(document) && standing(document).join() === 'cluster-enabled',
      30_000,
    );
    expect(of(after, 'two-masters')).toMatchObject({ cause: 'cluster-enabled' });
    expect(after.findings[0]?.code).toBe('cluster-enabled');
    await plain.tellSentinels('REMOVE', 'other');
    await Promise.all([31, 32].map((host) => plain.remove(host)));
    await well();
  });

  it('finds a Sentinel that announces another port than it listens on, and its remedy works', async () => {
    const third = plain.sentinels[2] ?? '';
    const say = (port: string) =>
      plain.tell(third, 'SENTINEL', 'CONFIG', 'SET', 'announce-port', port);
    await say('26399');
    const found = await eventually(
      () => doctor(),
      (document) => standing(document).join() === 'listens-elsewhere',
      30_000,
    );
    const [first] = found.findings;
    expect(first).toMatchObject({ code: 'listens-elsewhere', subject: `sentinel ${third}` });
    expect(first?.fix).toContain('SENTINEL CONFIG SET announce-port 26379 on it');
    await say('26379');
    await well();
  });

  it('finds one that is gone, and a second master whose address begins with that of it', async () => {
    // Under the address of the master, with a port that is the beginning of its own.
    const master = plain.ip(AT.second);
    await plain.redis(33, [
      `replica-announce-ip ${master}`,
      'replica-announce-port 637',
      `replicaof ${master} 6379`,
    ]);
    const lists = () =>
      Promise.all(
        plain.sentinels.map(
          async (each) =>
            (await plain.tell(each, 'SENTINEL', 'REPLICAS', 'mymaster')) as string[][],
        ),
      );
    await eventually(
      lists,
      (all) => all.every((list) => list.some((fields) => fields.includes('637'))),
      20_000,
    );
    await plain.remove(33);
    await eventually(() => doctor(), has('node-down'), 20_000);
    await plain.tellSentinels('SET', 'mymaster', 'failover-timeout', '180000');
    await plain.tell(plain.at(AT.third), 'ACL', 'SETUSER', 'default', '-slaveof');
    await plain.tell(plain.at(AT.third), 'REPLICAOF', 'NO', 'ONE');
    const found = await eventually(
      () => doctor(),
      (document) => has('two-masters')(document) && has('sees-other-role')(document),
      30_000,
    );
    expect(of(found, 'sees-other-role')).toMatchObject({ cause: 'two-masters' });
    expect(codes(found)).toEqual(expect.arrayContaining(['two-masters', 'node-down']));
    expect(of(found, 'two-masters')?.subject).toContain(plain.at(AT.third));
  });
});
