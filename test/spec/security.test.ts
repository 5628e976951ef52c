import type { TopologySpec } from '../../src/model/spec.js';
import { fileLayer } from '../../src/spec/file-layer.js';
import { flagLayer, type Layer } from '../../src/spec/layers.js';
import { recordedLayer } from '../../src/spec/recorded.js';
import { resolveSpec } from '../../src/spec/resolve.js';
import { differenceLines } from '../helpers/differences.js';
import { ACL, aSecurity } from '../helpers/security.js';
import { aSpec } from '../helpers/topology.js';

type Flags = Record<string, unknown>;
const specOf = (flags: Flags) => resolveSpec([flagLayer(flags)]).spec;
const warningsOf = (flags: Flags) => resolveSpec([flagLayer(flags)]).warnings;
const MB = 1024 ** 2;

describe('passwords, TLS and addresses in a spec', () => {
  it('are what was asked', () => {
    const flags = { auth: true, tls: true, publish: '0.0.0.0' };
    expect(specOf(flags).security).toEqual(aSecurity(flags));
  });

  it.each(['0.0.0.0', '192.168.1.7', '10.0.0.1', '128.0.0.1', '12.7.0.1'])(
    'are refused where %s is open to others without a password',
    (publish) => {
      expect(() => specOf({ publish })).toThrow(
        expect.objectContaining({
          kind: 'spec',
          message: expect.stringMatching(/--publish is [\d.]+, .*no password.*--auth/),
        }),
      );
      expect(() => specOf({ publish, tls: true, allowUnsafe: true })).toThrow('--publish is');
      expect(specOf({ publish, auth: true }).security.publish).toBe(publish);
    },
  );

  it.each(['127.0.0.1', '127.0.0.2', '127.255.255.254'])(
    'need no password where only this host comes in: %s',
    (publish) => {
      expect(specOf({ publish }).security).toEqual(aSecurity({ publish }));
    },
  );

  it('are there with users of their own, too, whether it is said or not', () => {
    for (const flags of [{ acl: true }, { acl: true, auth: true }]) {
      expect(specOf(flags).security).toEqual(ACL);
    }
    expect(specOf({ acl: true, publish: '0.0.0.0' }).security.auth).toBe(true);
    expect(specOf({ auth: true, acl: false }).security).toEqual(aSecurity({ auth: true }));
    expect(specOf({ acl: false }).security).toEqual(aSecurity());
  });

  it('are refused as users without passwords, with both that say so', () => {
    const refused = (layers: readonly Layer[], message: string) =>
      expect(() => resolveSpec(layers)).toThrow(
        expect.objectContaining({ kind: 'spec', message: expect.stringContaining(message) }),
      );
    refused([flagLayer({ auth: false, acl: true })], '--auth is off, but --acl is on');
    const { layer } = fileLayer('name: lab\nauth: false\n', 'rsent.yaml');
    refused([flagLayer({ acl: true }), layer], 'rsent.yaml:2: auth is off, but --acl is on');
    const file = fileLayer('acl: true\n', 'rsent.yaml').layer;
    refused([flagLayer({ auth: false }), file], '--auth is off, but rsent.yaml:1: acl is on');
  });

  it('are told with the place that named the address', () => {
    const layers = [
      flagLayer({ auth: false }),
      recordedLayer(aSpec({ security: aSecurity({ auth: true, publish: '1.2.3.4' }) })),
    ];
    expect(() => resolveSpec(layers)).toThrow('publish of the existing topology is 1.2.3.4');
  });
});

describe('limits in a spec', () => {
  it.each<[unknown, number]>([
    ['16mb', 16 * MB],
    ['256MB', 256 * MB],
    ['2gb', 2048 * MB],
    ['20480kb', 20 * MB],
    ['16777216b', 16 * MB],
    ['16777216', 16 * MB],
    [16_777_216, 16 * MB],
    [' 256mb ', 256 * MB],
  ])('are bytes: %j', (size, bytes) => {
    expect(specOf({ memory: size, maxmemory: size }).limits).toEqual({
      pids: 256,
      memoryBytes: bytes,
      maxmemoryBytes: bytes,
    });
  });

  it.each(['15mb', '16777215', '1.5gb', 'gb', '0x1000000', '1e9', '-20mb', '20 mb', '99999999gb'])(
    'are refused when they are no size, or too little or too much: %s',
    (size) => {
      expect(() => specOf({ memory: size })).toThrow('--memory is');
      expect(() => specOf({ maxmemory: size })).toThrow('--maxmemory is');
    },
  );

  it.each<[string, Flags, RegExp | undefined]>([
    ['no limit at all', {}, undefined],
    ['Redis’s own alone', { maxmemory: '64mb' }, undefined],
    ['Redis’s own below the container’s', { memory: '128mb', maxmemory: '64mb' }, undefined],
    [
      'none of its own',
      { memory: '128mb' },
      /maxmemory is not set, the container's memory 134217728/,
    ],
    ['the same', { memory: '64mb', maxmemory: '64mb' }, /maxmemory is 67108864 bytes/],
    ['more', { memory: '64mb', maxmemory: '65mb' }, /maxmemory is 68157440 bytes/],
  ])(
    'are warned of when Redis would be killed before it reaches its own: %s',
    (_, flags, warning) => {
      expect(warningsOf(flags)).toEqual(warning ? [expect.stringMatching(warning)] : []);
    },
  );
});

describe('what is kept of them', () => {
  it.each<[string, Partial<TopologySpec>]>([
    ['a password and TLS', { security: aSecurity({ auth: true, tls: true, publish: '0.0.0.0' }) }],
    ['a user for everyone', { security: ACL }],
    ['limits', { limits: { pids: 64, memoryBytes: 128 * MB, maxmemoryBytes: 64 * MB } }],
    ['the container’s limit alone', { limits: { pids: 64, memoryBytes: 128 * MB } }],
    ['the largest limits', specOf({ memory: '2048gb', maxmemory: '1024gb' })],
  ])('comes back when nothing else is said: %s', (_, changes) => {
    const spec = aSpec(changes);
    const { spec: again } = resolveSpec([recordedLayer(spec)]);
    expect(again.security).toEqual(spec.security);
    expect(again.limits).toEqual(spec.limits);
    expect(differenceLines(spec, again)).toEqual([]);
  });

  it.each<[string, Partial<TopologySpec>, string]>([
    ['auth', { security: aSecurity({ auth: true }) }, 'auth is off, asked on'],
    ['tls', { security: aSecurity({ tls: true }) }, 'tls is off, asked on'],
    [
      'publish',
      { security: aSecurity({ publish: '127.0.0.2' }) },
      'publish is 127.0.0.1, asked 127.0.0.2',
    ],
    [
      'memory',
      { limits: { pids: 256, memoryBytes: 64 * MB } },
      'memory is not limited, asked 67108864 bytes',
    ],
    [
      'maxmemory',
      { limits: { pids: 256, maxmemoryBytes: 64 * MB } },
      'maxmemory is not limited, asked 67108864 bytes',
    ],
    ['pids', { limits: { pids: 64 } }, 'pids is 256, asked 64'],
  ])('is compared with what is asked now: %s', (_, change, line) => {
    expect(differenceLines(aSpec(), aSpec(change))).toEqual([line]);
  });

  it('is compared with what is asked now: acl, which auth alone is not', () => {
    const [one, own] = [aSpec({ security: aSecurity({ auth: true }) }), aSpec({ security: ACL })];
    expect(differenceLines(one, own)).toEqual(['acl is off, asked on']);
    expect(differenceLines(own, one)).toEqual(['acl is on, asked off']);
    expect(differenceLines(aSpec(), own)).toEqual([
      'auth is off, asked on',
      'acl is off, asked on',
    ]);
  });
});
