import { createHash } from 'node:crypto';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { type Passwords, USERS } from '../../src/model/access.js';
import { quote } from '../../src/model/directives.js';
import { NETWORK_FORMS, type TopologySpec } from '../../src/model/spec.js';
import type { TopologyRecord } from '../../src/model/topology.js';
import { renderConf, type Templates } from '../../src/plan/conf.js';
import { hashMark, passwordMark, withSecrets } from '../../src/plan/marks.js';
import type { Layout } from '../../src/plan/place.js';
import { flagLayer } from '../../src/spec/layers.js';
import { resolveSpec } from '../../src/spec/resolve.js';
import { redisDirectives, sentinelDirectives } from '../helpers/directives.js';
import { hostileText, legalName, legalPassword, placedRecord } from '../helpers/hostile.js';
import { bytesOf, directivesOf } from '../helpers/redis-conf.js';
import { ACL, aSecurity } from '../helpers/security.js';
import { TEMPLATES } from '../helpers/templates.js';
import { aRecord, aSpec, nodeNamed } from '../helpers/topology.js';

jest.setTimeout(30_000);
/** Each run compiles templates. */
const RUNS = { numRuns: 40 };

const size = fc.oneof(
  fc.integer({ min: 16, max: 900_000 }).map((n) => `${n}mb`),
  fc.integer({ min: 16_777_216, max: 2 ** 31 }),
  fc.constantFrom('16777216B', ' 1GB ', '20480kb'),
);
const duration = fc.oneof(
  fc.integer({ min: 3000, max: 2 ** 31 - 1 }),
  fc.constantFrom('3000ms', '4.5s', '2h', ' 3m '),
);

/** Odd, but legal. */
const legalSpec: fc.Arbitrary<TopologySpec> = fc
  .record({
    name: legalName,
    masterName: fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/),
    image: fc.stringMatching(/^[a-z0-9][A-Za-z0-9._/:@-]{0,254}$/),
    replicas: fc.integer({ min: 0, max: 120 }),
    sentinels: fc.integer({ min: 1, max: 49 }),
    quorum: fc.constant(1),
    minReplicasToWrite: fc.constant(0),
    minReplicasMaxLag: fc.integer({ min: 1, max: 3600 }),
    downAfter: duration,
    failoverTimeout: duration,
    parallelSyncs: fc.integer({ min: 1, max: 120 }),
    redisPort: fc.integer({ min: 1, max: 20_000 }),
    sentinelPort: fc.integer({ min: 30_000, max: 65_000 }),
    security: fc.constantFrom(
      { auth: false },
      { auth: true },
      { acl: true },
      { auth: true, acl: true },
    ),
    tls: fc.boolean(),
    memory: fc.option(size, { nil: undefined }),
    maxmemory: fc.option(size, { nil: undefined }),
    pids: fc.integer({ min: 16, max: 100_000 }),
    logFile: fc.stringMatching(/^$|^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
    allowUnsafe: fc.constant(true),
  })
  .map(({ security, ...flags }) => resolveSpec([flagLayer({ ...flags, ...security })]).spec);

/** Every form of network, at any address. */
const layout: fc.Arbitrary<Layout> = fc.record({
  form: fc.constantFrom(...NETWORK_FORMS),
  publish: fc.ipV4(),
});

const legalPasswords: fc.Arbitrary<Passwords> = fc.record({
  ...{ app: legalPassword, rsent: legalPassword },
  ...{ sentinel: legalPassword, replication: legalPassword },
});

/** A word of a conf as it is written; a mark is always a whole one. */
function secretOf(word: string, passwords: Passwords): string {
  for (const user of USERS) {
    if (word === passwordMark(user)) return passwords[user];
    if (word !== `#${hashMark(user)}`) continue;
    return `#${createHash('sha256').update(passwords[user]).digest('hex')}`;
  }
  return word;
}

/** Conf of the first and the last data node and of the last Sentinel, with what each must say. */
function confsOf(record: TopologyRecord, templates = TEMPLATES) {
  const { spec, placement } = record;
  const { nodes } = placement;
  const master = nodeNamed(record, nodes[0]?.name ?? '').address;
  const some = [nodes[0], nodes[spec.replicas], nodes.at(-1)].filter((node) => node !== undefined);
  return some.map((node) => ({
    node,
    conf: renderConf(node, spec, placement, master, templates),
    expected:
      node.kind === 'redis'
        ? redisDirectives(node, record, master)
        : sentinelDirectives(node, record, master),
  }));
}

describe('the conf of any legal spec', () => {
  it('has exactly the directives of its template, with exactly the values that were asked', () => {
    fc.assert(
      fc.property(legalSpec, layout, (spec, where) => {
        for (const { conf, expected } of confsOf(placedRecord(spec, where))) {
          expect(directivesOf(conf)).toEqual(expected);
        }
      }),
      RUNS,
    );
  });

  it('has them still when the marks have become any legal passwords', () => {
    fc.assert(
      fc.property(legalPasswords, fc.boolean(), (passwords, acl) => {
        const security = aSecurity({ auth: true, acl, tls: true });
        for (const { node, conf, expected } of confsOf(aRecord({ security }))) {
          const told = expected.map((words) => words.map((word) => secretOf(word, passwords)));
          expect(told).not.toEqual(expected);
          expect(directivesOf(withSecrets(conf, passwords))).toEqual(told);
          const own = node.kind === 'redis' ? 'replication' : 'sentinel';
          expect(told.flat()).toContain(passwords[acl ? own : 'app']);
        }
      }),
      RUNS,
    );
  });
});

/** A record as no check of ours would let it pass. */
const hostileRecord: fc.Arbitrary<TopologyRecord> = fc
  .tuple(
    ...[hostileText, hostileText, hostileText, hostileText, hostileText, hostileText],
    fc.constantFrom(aSecurity(), aSecurity({ auth: true }), ACL),
    fc.constantFrom(...NETWORK_FORMS),
  )
  .map(([name, masterName, logFile, node, ip, sentinelId, security, form]) => {
    const spec = aSpec({ name, masterName, logFile, security });
    const { placement } = aRecord();
    const address = { ip, port: 6379 };
    const nodes = placement.nodes.map((each, i) => ({
      ...each,
      name: `${each.name}${node}`,
      ...(i < 2 ? { address: i === 0 ? address : { ip: `${ip}2`, port: 1 } } : {}),
      ...(each.kind === 'sentinel' ? { sentinelId } : {}),
    }));
    return { schemaVersion: 1, spec, placement: { ...placement, form, nodes } };
  });

/** A template of a user's own, which may use every variable there is. */
const OWN: Templates = {
  redis: {
    path: 'redis.conf.hbs',
    source: [
      '# {{node}} {{topology}}',
      '{{#if announce}}known {{announce.port}} {{announce.ip}}{{/if}}',
      'mine {{node}} {{topology}} {{logfile}} {{dir}} {{bind}} {{port}} end',
      'mine   {{logfile}}',
      '{{#if master}}follow {{master.ip}} {{master.port}}{{/if}}',
      'last {{{logfile}}} {{&node}}',
    ].join('\n'),
  },
  sentinel: {
    path: 'sentinel.conf.hbs',
    source: [
      'mine {{masterName}} {{id}} {{node}} {{topology}} {{logfile}}',
      '{{#if announce}}known {{announce.port}} {{announce.ip}}{{/if}}',
      '{{#each replicas}}',
      'replica {{../masterName}} {{ip}} {{port}}',
      '{{/each}}',
      '{{#each peers}}peer {{id}} {{@index}} {{ip}}\n{{/each}}',
      '{{#with master}}master {{ip}} {{../topology}}{{/with}}',
    ].join('\n'),
  },
};

/** What that template has to say. */
function ownDirectives(record: TopologyRecord, kind: string, name: string): string[][] {
  const { spec, placement } = record;
  const [first, ...others] = placement.nodes.filter((each) => each.kind === 'redis');
  const ip = first?.address.ip ?? '';
  const node = placement.nodes.find((each) => each.name === name);
  const all = (rows: string[][]) => rows.map((row) => row.map(bytesOf));
  const known =
    placement.form === 'announce' && node !== undefined
      ? [['known', String(node.address.port), node.address.ip]]
      : [];
  if (kind === 'redis') {
    return all([
      ...known,
      ['mine', name, spec.name, spec.logFile, '/data', '0.0.0.0', '6379', 'end'],
      ['mine', spec.logFile],
      ...(name === first?.name ? [] : [['follow', ip, '6379']]),
      ['last', spec.logFile, name],
    ]);
  }
  const sentinels = placement.nodes.filter((each) => each.kind === 'sentinel');
  const peers = sentinels.filter((each) => each.name !== name);
  return all([
    ['mine', spec.masterName, node?.sentinelId ?? '', name, spec.name, spec.logFile],
    ...known,
    ...others.map(({ address }) => ['replica', spec.masterName, address.ip, String(address.port)]),
    ...peers.map(({ sentinelId, address }, i) => ['peer', sentinelId ?? '', String(i), address.ip]),
    ['master', ip, spec.name],
  ]);
}

describe('a conf of values that nobody has checked', () => {
  it('has no directive that the template has not, and no value cut short', () => {
    fc.assert(
      fc.property(hostileRecord, (record) => {
        for (const { conf, expected } of confsOf(record)) {
          expect(directivesOf(conf)).toEqual(expected);
        }
      }),
      RUNS,
    );
  });

  it('has none either from a template of the user’s own', () => {
    fc.assert(
      fc.property(hostileRecord, (record) => {
        for (const { node, conf } of confsOf(record, OWN)) {
          expect(directivesOf(conf)).toEqual(ownDirectives(record, node.kind, node.name));
        }
      }),
      RUNS,
    );
  });

  it('stays on its line even where a template puts quotes around it', () => {
    fc.assert(
      fc.property(hostileText, (logfile) => {
        const line = `logfile "${quote(logfile)}" '${quote(logfile)}'`;
        expect([...bytesOf(line)].filter((char) => char < ' ' || char > '~')).toEqual([]);
      }),
    );
  });
});
