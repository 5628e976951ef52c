import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import colors from 'picocolors';
import type { Connection } from '../../src/model/connection.js';
import type { TopologySpec } from '../../src/model/spec.js';
import { upPlan } from '../../src/plan/up-plan.js';
import { connectionOf } from '../../src/report/connection.js';
import { downText } from '../../src/report/down.js';
import { pythonString } from '../../src/report/quote.js';
import { planText, type UpReport, upJson, upText } from '../../src/report/up.js';
import { ACL, aSecurity } from '../helpers/security.js';
import { useTempDir } from '../helpers/temp.js';
import { controlsIn } from '../helpers/terminal.js';
import { aRecord } from '../helpers/topology.js';
import { facts } from '../helpers/up-facts.js';

const path = useTempDir();
const plain = colors.createColors(false);
const FILES = { passwordFile: '/data/lab/password', authorityFile: '/data/lab/ca.crt' };

function report(
  {
    shownPassword,
    verdict = { state: 'healthy', healthy: true, findings: [] },
    ...known
  }: Partial<Connection & Pick<UpReport, 'shownPassword' | 'verdict'>> = {},
  changes: Partial<TopologySpec> = {},
  ip = '127.0.0.1',
): UpReport {
  const { placement, ...record } = aRecord(changes);
  const nodes = placement.nodes.map((node) => ({ ...node, published: { ...node.published, ip } }));
  const placed = { ...record, placement: { ...placement, nodes } };
  return {
    record: placed,
    connection: { ...connectionOf(placed, FILES, true), ...known },
    plan: upPlan(facts()),
    verdict,
    master: 'redis-1',
    elapsedMs: 2100,
    settings: [],
    ...(shownPassword === undefined ? {} : { shownPassword }),
  };
}

/** The lines to paste into a shell, and those of Python. */
function pasted(shown: UpReport): { shell: string[]; python: string[] } {
  const lines = upText(shown, plain).split('\n');
  const from = (start: string) => lines.findIndex((line) => line.startsWith(start));
  const [shell, python, next] = [from('Ask who'), from('A client'), from('Next:')];
  const between = (a: number, b: number) => lines.slice(a + 1, b).map((line) => line.slice(2));
  return { shell: between(shell, python), python: between(python, next) };
}

describe('what to paste', () => {
  it('is for where the clients are', () => {
    const shown = report({}, { reach: { clients: 'containers' }, security: ACL });
    const inside = { ...shown, connection: connectionOf(shown.record, FILES, false) };
    const text = upText(inside, plain).split('Next:')[0] ?? '';
    const pasted = text.slice(text.indexOf('In a container'));
    expect(pasted).toContain(
      `on the network ${shown.record.placement.network}, with these files mounted:`,
    );
    expect(pasted).toContain('redis-cli -h 172.30.5.201 -p 26379');
    expect(pasted).toContain("Sentinel([('172.30.5.201', 26379), ");
    expect(pasted).not.toContain('127.0.0.1');
  });

  it('is short for a topology that lets anyone in', () => {
    expect(pasted(report())).toEqual({
      shell: [
        'redis-cli -p 26379 sentinel get-master-addr-by-name mymaster',
        'redis-cli -p 6379 set greeting hello',
      ],
      python: [
        'from redis.sentinel import Sentinel',
        "Sentinel([('127.0.0.1', 26379), ('127.0.0.1', 26380), ('127.0.0.1', 26381)], socket_timeout=5).master_for('mymaster').set('greeting', 'hello')",
      ],
    });
  });

  it('names the file of the password, and the authority', () => {
    const { shell, python } = pasted(report(FILES));
    expect(shell).toEqual([
      'export REDISCLI_AUTH="$(cat /data/lab/password)"',
      'redis-cli -p 26379 --tls --cacert /data/lab/ca.crt sentinel get-master-addr-by-name mymaster',
      'redis-cli -p 6379 --tls --cacert /data/lab/ca.crt set greeting hello',
    ]);
    expect(python[1]).toBe(
      "who = {'password': open('/data/lab/password').read().strip(), 'ssl': True, 'ssl_ca_certs': '/data/lab/ca.crt'}",
    );
    expect(python[2]).toContain('socket_timeout=5, sentinel_kwargs=who, **who)');
  });

  it('names the application’s user, for the data node and the Sentinel alike', () => {
    const { shell, python } = pasted(report({ ...FILES, user: 'app' }));
    expect(shell).toEqual([
      'export REDISCLI_AUTH="$(cat /data/lab/password)"',
      'redis-cli -p 26379 --user app --tls --cacert /data/lab/ca.crt sentinel get-master-addr-by-name mymaster',
      'redis-cli -p 6379 --user app --tls --cacert /data/lab/ca.crt set greeting hello',
    ]);
    expect(python[1]).toBe(
      "who = {'username': 'app', 'password': open('/data/lab/password').read().strip(), 'ssl': True, 'ssl_ca_certs': '/data/lab/ca.crt'}",
    );
    expect(python[2]).toContain('sentinel_kwargs=who, **who)');
  });

  it('has of each only what there is', () => {
    const { passwordFile, authorityFile } = FILES;
    expect(pasted(report({ passwordFile })).shell.join()).not.toContain('--tls');
    expect(pasted(report({ passwordFile })).python[1]).not.toContain('ssl');
    expect(pasted(report({ authorityFile })).shell.join()).not.toContain('REDISCLI_AUTH');
    expect(pasted(report({ authorityFile })).python[1]).not.toContain('password');
    expect(pasted(report(FILES)).shell.join()).not.toContain('--user');
    expect(pasted(report(FILES)).python[1]).not.toContain('username');
  });

  it('asks for no name where the certificate has none of theirs', () => {
    const words = { saw: '', expected: '', fix: '' };
    const about = { code: 'certificate-names', severity: 'warning', subject: 'lab' } as const;
    const finding = { ...about, ...words };
    const verdict = { state: 'healthy', healthy: true, findings: [finding] } as const;
    const { shell, python } = pasted(report({ ...FILES, verdict }));
    expect(python[1]).toMatch(/'ssl_ca_certs': '[^']+', 'ssl_check_hostname': False}$/);
    expect(shell).toEqual(pasted(report(FILES)).shell);
  });

  it.each([
    ['127.0.0.1', 'redis-cli -p 6379'],
    ['0.0.0.0', 'redis-cli -p 6379'],
    ['192.168.1.7', 'redis-cli -h 192.168.1.7 -p 6379'],
  ])('goes where the nodes are published on %s', (ip, line) => {
    const { shell, python } = pasted(report({}, {}, ip));
    expect(shell[1]).toBe(`${line} set greeting hello`);
    expect(python[1]).not.toContain('0.0.0.0');
  });

  it.each(['plain', 'my data', "it's", '$(id)', '"x"', 'a;b', 'ü'])(
    'does what it says from a directory named %j',
    async (name) => {
      await mkdir(path(name));
      await writeFile(path(name, 'password'), 'the-password\n');
      const passwordFile = path(name, 'password');
      const { shell, python } = pasted(
        report({ passwordFile, authorityFile: path(name, 'ca.crt') }),
      );
      const cli = `#!/bin/sh\nprintf '%s\\n' "$REDISCLI_AUTH" "$5"\n`;
      await writeFile(path('redis-cli'), cli, { mode: 0o755 });
      const told = execFileSync('/bin/sh', ['-c', shell.join('\n')], {
        encoding: 'utf8',
        env: { PATH: `${path()}:/usr/bin:/bin` },
      });
      const one = `the-password\n${path(name, 'ca.crt')}\n`;
      expect(told).toBe(one + one);
      // What such a literal is to Python: test/report/quote.test.ts.
      expect(python[1]).toContain(`'password': open(${pythonString(passwordFile)}).read().strip()`);
      expect(python[1]).toContain(`'ssl_ca_certs': ${pythonString(path(name, 'ca.crt'))}`);
    },
  );
});

describe('the password itself', () => {
  it('is shown to those who asked for it, in the text alone', () => {
    const shown = report({ ...FILES, shownPassword: 'the-password' });
    expect(upText(shown, plain)).toContain('The password: the-password\n');
    expect(upText(report(FILES), plain)).not.toContain('The password:');
    expect(JSON.stringify(upJson(shown))).not.toContain('the-password');
  });
});

describe('the document', () => {
  it('names the files, or null where there are none', () => {
    expect(upJson(report(FILES))).toMatchObject(FILES);
    expect(upJson(report())).toMatchObject({ passwordFile: null, authorityFile: null });
  });

  it('names the application’s user, or null where there is none', () => {
    expect(upJson(report({ ...FILES, user: 'app' }))).toMatchObject({ user: 'app' });
    expect(upJson(report(FILES))).toMatchObject({ user: null });
  });
});

describe('a plan that is shown', () => {
  it('tells of secrets and certificates where they go, and to whom', () => {
    const record = aRecord({ security: aSecurity({ auth: true, tls: true }) });
    const text = planText(upPlan(facts({ record })), plain);
    expect(text).toContain('write-secret      /data/lab/password (600)');
    expect(text).toContain('make-authority    /data/lab/ca.crt');
    expect(text).toMatch(
      /issue-certificate \/data\/lab\/redis-1\/conf \(lab-redis-1, redis-1, localhost, 172\.30\.5\.11, 127\.0\.0\.1\)/,
    );
    expect(text).toContain('requirepass "<rsent:password:app>"');
  });
});

describe('a plan of a topology with ACL that is shown', () => {
  it('tells where each password goes, and of none more than its mark', () => {
    const text = planText(upPlan(facts({ record: aRecord({ security: ACL }) })), plain);
    for (const file of [
      'password',
      'password.rsent',
      'password.sentinel',
      'password.replication',
    ]) {
      expect(text).toContain(`write-secret      /data/lab/${file} (600)`);
    }
    expect(text).toContain('user app on "#<rsent:sha256:app>" ~* ');
    expect(text).toContain('masterauth "<rsent:password:replication>"');
  });
});

describe('where else data was said to be', () => {
  it('tells a terminal nothing, as anyone can write a label', () => {
    const elsewhere = '/data\x1b]0;evil\x07\x1b[2J/lab\r';
    const text = downText('lab', { containers: 1, networks: 0, elsewhere });
    expect(text).toContain('/lab');
    expect(controlsIn(text)).toEqual([]);
  });
});
