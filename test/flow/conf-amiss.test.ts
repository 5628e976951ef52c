import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { confAmiss } from '../../src/flow/on-disk.js';
import { expectRecord } from '../../src/health/expect.js';
import { judge } from '../../src/health/judge.js';
import { LOCAL_FILES } from '../../src/host/file-store.js';
import type { ConfAmiss } from '../../src/model/observation.js';
import { healthyObservation } from '../helpers/observation.js';
import { aRecord } from '../helpers/topology.js';

const run = promisify(execFile);
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rsent-conf-'));
});
afterEach(() => rm(directory, { recursive: true }));

it.each<[string, (path: string) => Promise<unknown>, ConfAmiss['is'] | undefined]>([
  ['a file', (path) => writeFile(path, 'port 1\n'), undefined],
  ['nothing', async () => undefined, 'gone'],
  ['a directory', (path) => mkdir(path), 'other'],
  ['a pipe', (path) => run('mkfifo', [path]), 'other'],
  ['a link', (path) => symlink('/etc/hostname', path), 'other'],
])('is seen in the place of a conf: %s', async (_, put, is) => {
  const path = join(directory, 'redis.conf');
  await put(path);
  expect(await confAmiss(path, LOCAL_FILES)).toEqual(is && { is, path });
});

it('is told by the data of a node whose whole directory is gone', async () => {
  expect(await confAmiss(join(directory, 'redis-1/conf/redis.conf'), LOCAL_FILES)).toBeUndefined();
});

it('is not told where it cannot be looked at', async () => {
  const look = () => Promise.reject(new Error('no'));
  expect(await confAmiss('/x', { look })).toBeUndefined();
});

describe('a node without its conf', () => {
  const record = aRecord();
  const findings = (name: string, is: ConfAmiss['is']) => {
    const { nodes, ...seen } = healthyObservation(record);
    const conf = { is, path: '/home/lab/x.conf' };
    const without = nodes.map((node) => (node.name === name ? { ...node, conf } : node));
    return judge(expectRecord(record), { ...seen, nodes: without }).findings;
  };

  it.each([
    ['redis-2', 'gone', 'rsent up lab writes it again'],
    ['redis-2', 'other', 'mv /home/lab/x.conf /home/lab/x.conf.aside, then rsent up lab'],
    ['sentinel-1', 'other', 'mv /home/lab/x.conf /home/lab/x.conf.aside, then rsent up lab'],
  ] as const)('is a finding: %s, %s', (name, is, fix) => {
    expect(findings(name, is)).toMatchObject([
      { code: 'conf-gone', severity: 'error', subject: name, fix },
    ]);
  });

  it('is none of a Sentinel, which writes it again as it is looked at', () => {
    expect(findings('sentinel-1', 'gone')).toEqual([]);
  });
});
