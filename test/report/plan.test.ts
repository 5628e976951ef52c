import type { Step } from '../../src/model/plan.js';
import { stepText } from '../../src/report/plan.js';
import { nodeNamed } from '../helpers/topology.js';
import { record } from '../helpers/up-facts.js';

const base = { id: 'x', after: [] };
const path = '/d/redis-1';
const at = (host: number) => ({ ip: `10.0.0.${host}`, port: 6379 });
const container = 'lab-redis-1';
const node = 'redis-1';

const CASES: readonly (readonly [Step, string])[] = [
  [{ ...base, kind: 'write-record', record }, 'write-record      topology.json'],
  [{ ...base, kind: 'make-directory', path, mode: 0o700 }, 'make-directory    /d/redis-1 (700)'],
  [{ ...base, kind: 'empty-directory', path, mode: 0o700 }, 'empty-directory   /d/redis-1 (700)'],
  [
    { ...base, kind: 'write-file', path, content: 'secret', mode: 0o600 },
    'write-file        /d/redis-1 (600)',
  ],
  [
    { ...base, kind: 'replace-file', path, content: 'secret', mode: 0o600 },
    'replace-file      /d/redis-1 (600)',
  ],
  [
    { ...base, kind: 'write-secret', path, user: 'app', mode: 0o600 },
    'write-secret      /d/redis-1 (600)',
  ],
  [{ ...base, kind: 'write-certificate', path }, 'write-certificate /d/redis-1 (your own)'],
  [
    { ...base, kind: 'make-authority', certificate: '/d/ca.crt', key: '/d/ca.key' },
    'make-authority    /d/ca.crt',
  ],
  [
    {
      ...base,
      kind: 'issue-certificate',
      path,
      names: { commonName: 'c', dnsNames: ['a'], ipAddresses: ['1.2.3.4'] },
    },
    'issue-certificate /d/redis-1 (a, 1.2.3.4)',
  ],
  [
    {
      ...base,
      kind: 'write-settings',
      path,
      edits: [{ start: ['sentinel', 'x'], was: [], now: [] }],
    },
    'write-settings    /d/redis-1 (sentinel x)',
  ],
  [
    { ...base, kind: 'follow-master', path, master: at(1) },
    'follow-master     /d/redis-1 -> 10.0.0.1:6379',
  ],
  [{ ...base, kind: 'follow-master', path }, 'follow-master     /d/redis-1 -> nobody'],
  [
    { ...base, kind: 'move-addresses', path, moves: [{ from: at(1), to: at(2) }] },
    'move-addresses    /d/redis-1 (1 addresses)',
  ],
  [
    { ...base, kind: 'forget-nodes', path, nodes: [nodeNamed(record, 'redis-3')] },
    'forget-nodes      /d/redis-1 (172.30.5.13:6379)',
  ],
  [{ ...base, kind: 'create-volume', volume: 'v', labels: {} }, 'create-volume     v'],
  [{ ...base, kind: 'remove-volume', volume: 'v' }, 'remove-volume     v'],
  [
    {
      ...base,
      kind: 'create-network',
      name: 'n',
      subnet: '10.0.0.0/24',
      seenFromHost: true,
      labels: {},
    },
    'create-network    n 10.0.0.0/24',
  ],
  [{ ...base, kind: 'remove-network', network: 'n' }, 'remove-network    n'],
  [{ ...base, kind: 'remove-file', path }, 'remove-file       /d/redis-1'],
  [{ ...base, kind: 'remove-own', path, removals: [] }, 'remove-own        /d/redis-1'],
  [{ ...base, kind: 'start-container', container }, 'start-container   lab-redis-1'],
  [{ ...base, kind: 'stop-container', container }, 'stop-container    lab-redis-1'],
  [{ ...base, kind: 'kill-container', container }, 'kill-container    lab-redis-1'],
  [{ ...base, kind: 'remove-container', container }, 'remove-container  lab-redis-1'],
  [{ ...base, kind: 'resume-container', container }, 'resume-container  lab-redis-1'],
  [
    { ...base, kind: 'connect-container', container, network: 'n' },
    'connect-container lab-redis-1',
  ],
  [
    { ...base, kind: 'tell', node, command: ['CONFIG', 'REWRITE'] },
    'tell              redis-1 CONFIG REWRITE',
  ],
  [{ ...base, kind: 'hand-over', node }, 'hand-over         redis-1'],
  [{ ...base, kind: 'await-ready', node }, 'await-ready       redis-1'],
  [{ ...base, kind: 'await-sync', node }, 'await-sync        redis-1'],
  [{ ...base, kind: 'hasten-sentinel', node }, 'hasten-sentinel   redis-1'],
  [{ ...base, kind: 'await-view', node, replicas: 2, sentinels: 3 }, 'await-view        redis-1'],
];

it.each(CASES.map(([step, text]) => [step.kind, text, step] as const))(
  'a step of the kind %s is told as %s',
  (_, text, step) => {
    expect(stepText(step)).toBe(text);
  },
);
