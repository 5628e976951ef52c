import fc from 'fast-check';
import {
  knownEdits,
  knowsDirective,
  leftOut,
  withoutUnknown,
  YOUNG_DIRECTIVES,
} from '../../src/plan/since.js';
import { upPlan } from '../../src/plan/up-plan.js';
import { directivesOf } from '../helpers/redis-conf.js';
import { TEMPLATES } from '../helpers/templates.js';
import { aRecord } from '../helpers/topology.js';
import { facts, stepsOfKind } from '../helpers/up-facts.js';

const redis = (version: string) => ({ server: 'redis-server', version });
const valkey = (version: string) => ({ server: 'valkey-server', version });

/** Directives as the table has them: those of a Sentinel are two words. */
function namesIn(conf: string): string[] {
  return directivesOf(conf).map(([first = '', second = '']) =>
    first === 'sentinel' ? `${first} ${second}` : first,
  );
}

/** Confs of a topology whose own templates have these directives, too. */
function confs(program: { server: string; version: string }, added: readonly string[] = []) {
  const more = added.map((name) => `${name} 1\n`).join('');
  const security = { auth: true, acl: true, tls: true };
  const plain = aRecord();
  const spec = { ...plain.spec, security: { ...plain.spec.security, ...security } };
  const templates = {
    redis: { ...TEMPLATES.redis, source: `${TEMPLATES.redis.source}\n${more}` },
    sentinel: { ...TEMPLATES.sentinel, source: `${TEMPLATES.sentinel.source}\n${more}` },
  };
  return upPlan(facts({ ...program, record: { ...plain, spec }, templates }));
}

describe('knowsDirective', () => {
  it.each([
    ['6.0.16', 'oom-score-adj', true],
    ['6.0.6', 'oom-score-adj', false],
    ['6.0.16', 'acl-pubsub-default', false],
    ['6.2.0', 'acl-pubsub-default', true],
    ['6.2.1', 'tls-key-file-pass', false],
    ['6.2.14', 'tls-key-file-pass', true],
    ['6.2.14', 'latency-tracking', false],
    ['7.0.15', 'latency-tracking', true],
    ['7.2.4', 'hide-user-data-from-log', false],
    ['8.0.2', 'replica-full-sync-buffer-limit', true],
    ['8.0.2', 'dual-channel-replication-enabled', false],
    ['255.255.255', 'replica-full-sync-buffer-limit', true],
    ['6.0.16', 'sentinel resolve-hostnames', false],
    ['6.2.14', 'sentinel resolve-hostnames', true],
    ['6.0.16', 'appendonly', true],
    ['6.0.16', 'of-the-users-own', true],
  ])('Redis %s, %s: %s', (version, directive, knows) => {
    expect(knowsDirective(redis(version), directive)).toBe(knows);
  });

  it.each([
    ['7.2.5', 'set-max-listpack-entries', true],
    ['7.2.5', 'hide-user-data-from-log', false],
    ['8.0.0', 'hide-user-data-from-log', true],
    ['8.0.0', 'log-format', false],
    ['8.1.1', 'log-format', true],
    ['8.1.1', 'replica-full-sync-buffer-limit', false],
  ])('Valkey %s, %s: %s', (version, directive, knows) => {
    expect(knowsDirective(valkey(version), directive)).toBe(knows);
  });
});

describe('confs for a server', () => {
  const release = fc.constantFrom('6.0.0', '6.0.16', '6.2.0', '6.2.14', '7.0.0', '7.0.15');
  const later = fc.constantFrom('7.2.0', '7.2.5', '7.4.0', '8.0.0', '8.0.2', '8.1.1', '9.0.0');
  const program = fc.oneof(
    fc.oneof(release, later, fc.constant('255.255.255')).map(redis),
    later.map(valkey),
  );

  it('have no directive that it does not know, whatever the templates have', () => {
    fc.assert(
      fc.property(program, fc.subarray(YOUNG_DIRECTIVES, { maxLength: 12 }), (server, added) => {
        const files = stepsOfKind(confs(server, added), 'write-file');
        expect(files).toHaveLength(6);
        for (const { content } of files) {
          const names = namesIn(content);
          expect(names.filter((name) => !knowsDirective(server, name))).toEqual([]);
          expect(names).toEqual(
            expect.arrayContaining(added.filter((name) => knowsDirective(server, name))),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each(['6.2.0', '7.0.15', '8.0.2'])(
    'lose nothing of rsent’s own templates for %s',
    (version) => {
      expect(leftOut(confs(redis(version)))).toEqual([]);
    },
  );

  it('tell what they lack once, and why', () => {
    expect(leftOut(confs(redis('6.2.14'), ['latency-tracking', 'log-format']))).toEqual([
      'latency-tracking came with 7.0.0; this is redis-server 6.2.14.',
      'log-format is not one of its directives; this is redis-server 6.2.14.',
    ]);
  });
});

describe('withoutUnknown', () => {
  it('keeps every other line as it is, and no value of one that goes', () => {
    const conf = '# a comment\nport 1\n  TLS-Key-File-Pass "secret"\n\nsentinel myid 0';
    expect(withoutUnknown(conf, redis('6.0.16'))).toBe(
      '# a comment\nport 1\n# Left out: tls-key-file-pass came with 6.2.2; this is redis-server 6.0.16.\n\nsentinel myid 0',
    );
  });
});

describe('knownEdits', () => {
  const edit = (start: string, was: readonly string[], now: readonly string[]) => ({
    start: start.split(' '),
    was: was.map((each) => [each]),
    now: now.map((each) => [each]),
  });

  it('adds nothing to a kept conf that the server does not know', () => {
    const edits = [edit('Latency-Tracking', [], ['yes']), edit('appendfsync', [], ['always'])];
    expect(knownEdits(edits, redis('6.0.16'))).toEqual([edits[1]]);
    expect(knownEdits(edits, redis('7.0.15'))).toEqual(edits);
  });

  it('takes away what is there and not known', () => {
    const edits = [edit('sentinel resolve-hostnames', ['no'], ['yes'])];
    expect(knownEdits(edits, redis('6.0.16'))).toEqual([
      edit('sentinel resolve-hostnames', ['no'], []),
    ]);
  });
});
