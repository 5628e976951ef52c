import { givenSettings } from '../../src/model/given.js';
import { redisSettings } from '../../src/model/settings.js';
import { ofKind, type TopologyRecord } from '../../src/model/topology.js';
import { renderConf } from '../../src/plan/conf.js';
import { directivesOf } from '../helpers/redis-conf.js';
import { TEMPLATES } from '../helpers/templates.js';
import { aRecord, aSpec } from '../helpers/topology.js';

/** What no CONFIG GET has to tell, and why. */
const OTHERWISE: Readonly<Record<string, string>> = {
  daemonize: 'no server takes it while it runs',
  logfile: 'no server takes it while it runs',
  requirepass: 'the same as the password of the user default',
  user: 'compared as ACL LIST tells them (judge-users.ts, passwords.ts)',
  masterauth: 'a secret: compared where it is read (passwords.ts)',
  save: 'Redis 6.0 forgets an empty one as it rewrites its conf; snapshots besides only add load',
  replicaof: 'who follows whom is compared by INFO and ROLE',
};

const SECURITY = [
  { auth: false, acl: false, tls: false },
  { auth: true, acl: false, tls: true },
  { auth: true, acl: true, tls: false },
  { auth: true, acl: true, tls: true },
];
const FORMS = ['bridge', 'pod', 'announce'] as const;

const KINDS = SECURITY.flatMap((security) =>
  FORMS.map((form): [string, TopologyRecord] => {
    const { security: own, limits } = aSpec();
    const record = aRecord({
      security: { ...own, ...security },
      limits: { ...limits, maxmemoryBytes: 64 * 1024 ** 2 },
    });
    const words = `${form} ${JSON.stringify(security)}`;
    return [words, { ...record, placement: { ...record.placement, form } }];
  }),
);

describe('every directive that rsent renders', () => {
  it.each(KINDS)('is compared on a running data node: %s', async (_, record) => {
    const [master, node] = ofKind(record.placement.nodes, 'redis');
    if (master === undefined || node === undefined) throw new Error('no nodes');
    const { spec, placement } = record;
    const conf = renderConf(node, spec, placement, master.address, TEMPLATES);
    const compared = new Map(
      [...redisSettings(spec), ...givenSettings(record, node)].map((each) => [
        each.name,
        each.value,
      ]),
    );
    for (const [name = '', ...values] of directivesOf(conf)) {
      if (Object.hasOwn(OTHERWISE, name)) continue;
      expect([name, compared.get(name)]).toEqual([name, values.join(' ')]);
    }
  });

  it.each(KINDS)('is said to be in the conf exactly where it is: %s', async (_, record) => {
    const [master, node] = ofKind(record.placement.nodes, 'redis');
    if (master === undefined || node === undefined) throw new Error('no nodes');
    const conf = renderConf(node, record.spec, record.placement, master.address, TEMPLATES);
    const names = new Set(directivesOf(conf).map(([name]) => name));
    const said = givenSettings(record, node).filter(({ isSaid }) => isSaid);
    expect(said.filter(({ name }) => !names.has(name))).toEqual([]);
    const unsaid = givenSettings(record, node).filter(({ isSaid }) => !isSaid);
    expect(unsaid.filter(({ name }) => names.has(name))).toEqual([]);
  });
});

it('is not what the spec passes through, whatever its old name, nor what own templates say', () => {
  const names = (record: TopologyRecord) =>
    givenSettings(record, record.placement.nodes[0]!).map(({ name }) => name);
  const further = { redis: { 'slave-read-only': ['yes'], dir: ['/x'] }, sentinel: {} };
  expect(names(aRecord())).toEqual(expect.arrayContaining(['replica-read-only', 'dir']));
  expect(names(aRecord({ further }))).not.toContain('replica-read-only');
  expect(names(aRecord({ further }))).not.toContain('dir');
  expect(names(aRecord({ templates: '/t' }))).toEqual([]);
});
