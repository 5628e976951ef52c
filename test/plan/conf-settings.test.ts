import fc from 'fast-check';
import { redisSettings } from '../../src/model/settings.js';
import type { TopologySpec } from '../../src/model/spec.js';
import { renderConf } from '../../src/plan/conf.js';
import { confEdits, dirEdits, editConf } from '../../src/plan/conf-settings.js';
import { flagLayer } from '../../src/spec/layers.js';
import { ownedProblems } from '../../src/spec/owned.js';
import { resolveSpec } from '../../src/spec/resolve.js';
import { HOSTILE_TEXTS } from '../helpers/hostile.js';
import { bytesOf, directivesOf } from '../helpers/redis-conf.js';
import { TEMPLATES } from '../helpers/templates.js';
import { aRecord, nodeNamed } from '../helpers/topology.js';

function bornConf(name: string, changes: Partial<TopologySpec> = {}): string {
  const { spec, placement } = aRecord(changes);
  const master = nodeNamed(aRecord(), 'redis-1').address;
  return renderConf(nodeNamed(aRecord(), name), spec, placement, master, TEMPLATES);
}

const specOf = (changes: Partial<TopologySpec>) => aRecord(changes).spec;
const { timing, limits } = specOf({});

const OTHER: Partial<TopologySpec> = {
  timing: { downAfterMs: 9000, failoverTimeoutMs: 60_000, parallelSyncs: 2 },
  guard: { minReplicas: 2, maxLagS: 7 },
  limits: { ...limits, maxmemoryBytes: 104_857_600 },
  fsync: 'always',
  further: {
    redis: {
      save: ['900 1', '300 10'],
      'rename-command': ['FLUSHALL ""'],
      'stop-writes-on-bgsave-error': ['yes'],
    },
    sentinel: { loglevel: ['debug'], 'sentinel deny-scripts-reconfig': ['no'] },
  },
};

const sorted = (conf: string) =>
  directivesOf(conf)
    .map((words) => words.join(' '))
    .sort();

describe('the conf of a new node', () => {
  it('ends with what was passed through, whatever the template', () => {
    const lines = bornConf('redis-2', OTHER).trimEnd().split('\n').slice(-4);
    expect(lines).toEqual([
      'save 900 1',
      'save 300 10',
      'rename-command FLUSHALL ""',
      'stop-writes-on-bgsave-error yes',
    ]);
    expect(bornConf('sentinel-1', OTHER)).toMatch(
      /loglevel debug\nsentinel deny-scripts-reconfig no\n$/,
    );
    expect(bornConf('redis-1')).not.toContain('Asked for by name');
  });

  it('is what a data node has again when a directive is taken away that it has of its own', () => {
    const own = directivesOf(bornConf('redis-1')).filter(([name = '', ...words]) => {
      const said = { redis: { [name]: [words.join(' ')] }, sentinel: {} };
      return ownedProblems(specOf({ further: said }), (key) => key).length === 0;
    });
    expect(own).toEqual([
      ['save', ''],
      ['stop-writes-on-bgsave-error', 'no'],
    ]);
    const dropped = Object.fromEntries(own.map(([name = '']) => [name, []]));
    const settings = redisSettings(specOf({ further: { redis: dropped, sentinel: {} } }));
    for (const [name, ...words] of own)
      expect(settings).toContainEqual({ name, value: words.join(' ') });
    const theirs = specOf({ further: { redis: dropped, sentinel: {} }, templates: '/own' });
    expect(redisSettings(theirs).map(({ name }) => name)).not.toContain('save');
  });

  it('has one line for each that was given, with the words that were given', () => {
    const text = fc.oneof(fc.constantFrom(...HOSTILE_TEXTS, '<rsent:password:app>'), fc.string());
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), (values) => {
        let spec: TopologySpec;
        try {
          spec = resolveSpec([flagLayer({ redisConfig: { zzz: values } })]).spec;
        } catch {
          return;
        }
        const conf = bornConf('redis-1', { further: spec.further });
        const found = directivesOf(conf).filter(([name]) => name === 'zzz');
        expect(found).toHaveLength(values.length);
        expect(directivesOf(conf)).toHaveLength(
          directivesOf(bornConf('redis-1')).length + values.length,
        );
        expect(conf).not.toContain('<rsent');
      }),
    );
  });

  it('is one line for each even of a record that was changed by hand', () => {
    fc.assert(
      fc.property(fc.constantFrom(...HOSTILE_TEXTS), (text) => {
        const conf = bornConf('redis-1', { further: { redis: { zzz: [text] }, sentinel: {} } });
        const own = directivesOf(bornConf('redis-1'));
        expect(directivesOf(conf).slice(0, own.length)).toEqual(own);
        expect(directivesOf(conf)).toHaveLength(own.length + 1);
        expect(bytesOf(conf)).not.toContain('\0');
      }),
    );
  });
});

describe.each(['redis-2', 'sentinel-1'])('the kept conf of %s', (name) => {
  const kind = name.startsWith('redis') ? 'redis' : 'sentinel';

  it('needs no edit where it says all', () => {
    for (const changes of [{}, OTHER]) {
      expect(confEdits(bornConf(name, changes), kind, specOf(changes))).toEqual([]);
    }
  });

  it('says what a new one would after the edits, and what it said before after they are undone', () => {
    const before = bornConf(name);
    const edits = confEdits(before, kind, specOf(OTHER));
    const after = editConf(before, edits, 'now');
    expect(sorted(after)).toEqual(sorted(bornConf(name, OTHER)));
    expect(confEdits(after, kind, specOf(OTHER))).toEqual([]);
    expect(sorted(editConf(after, edits, 'was'))).toEqual(sorted(before));
  });

  it('loses what is to be taken away', () => {
    const dropped = {
      redis: { save: [], 'rename-command': [], 'stop-writes-on-bgsave-error': [] },
      sentinel: { loglevel: [], 'sentinel deny-scripts-reconfig': [] },
    };
    const spec = specOf({ ...OTHER, further: dropped });
    const before = bornConf(name, OTHER);
    const after = editConf(before, confEdits(before, kind, spec), 'now');
    expect(sorted(after)).toEqual(sorted(bornConf(name, { ...OTHER, further: dropped })));
    expect(after).not.toMatch(/save \d|loglevel|rename|deny/);
  });
});

describe('a conf whose server has lost the directory of its data', () => {
  it('has that directory again, and nothing else changed', () => {
    const before = bornConf('redis-2');
    const saved = before.replace(/^dir .*\n/m, '');
    expect(sorted(editConf(saved, dirEdits(saved, '/data'), 'now'))).toEqual(sorted(before));
    expect(dirEdits(before, '/elsewhere')).toEqual([]);
  });
});

describe('a conf in the words of its server', () => {
  const spec = specOf({ ...OTHER, further: { redis: {}, sentinel: {} } });

  it('needs no edit for a size that Redis has written its own way', () => {
    const conf = bornConf('redis-1', { ...OTHER, further: { redis: {}, sentinel: {} } });
    expect(
      confEdits(conf.replace('maxmemory 104857600', 'maxmemory 100mb'), 'redis', spec),
    ).toEqual([]);
  });

  it('knows a setting by its former name', () => {
    const conf = bornConf('redis-1').replace('min-replicas-to-write', 'min-slaves-to-write');
    const after = editConf(conf, confEdits(conf, 'redis', spec), 'now');
    expect(directivesOf(after).filter(([word]) => /to-write/.test(word ?? ''))).toEqual([
      ['min-replicas-to-write', '2'],
    ]);
  });

  it('needs no edit where Sentinel has left out what is usual', () => {
    const usual = { downAfterMs: 30_000, failoverTimeoutMs: 180_000, parallelSyncs: 1 };
    const conf = bornConf('sentinel-1')
      .split('\n')
      .filter((line) => !/down-after|failover-timeout|parallel-syncs/.test(line))
      .join('\n');
    expect(confEdits(conf, 'sentinel', specOf({ timing: usual }))).toEqual([]);
    expect(confEdits(conf, 'sentinel', specOf({ timing }))).toHaveLength(2);
  });

  it('leaves what templates of the user decide', () => {
    const own = { templates: '/own' };
    expect(confEdits('appendfsync always\nmaxmemory 5gb\n', 'redis', specOf(own))).toEqual([]);
    const asked = confEdits('maxmemory 5gb\n', 'redis', specOf({ ...own, limits: spec.limits }));
    expect(asked).toEqual([{ start: ['maxmemory'], was: [['5gb']], now: [['104857600']] }]);
  });
});
