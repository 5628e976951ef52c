import type { Reach } from '../../src/model/spec.js';
import { fileLayer } from '../../src/spec/file-layer.js';
import { flagLayer } from '../../src/spec/layers.js';
import { resolveSpec } from '../../src/spec/resolve.js';

type Flags = Readonly<Record<string, unknown>>;

const reachOf = (flags: Flags): Reach => resolveSpec([flagLayer(flags)]).spec.reach;

/** The problems of a spec, a line each, without the dash. */
function problemsOf(flags: Flags): string[] {
  try {
    resolveSpec([flagLayer(flags)]);
    return [];
  } catch (error) {
    const [, ...lines] = (error as Error).message.split('\n');
    return lines.map((line) => line.replace(/^ {2}- /, ''));
  }
}

const LAN = { clients: 'lan', address: '192.168.1.7', auth: true };

describe('where the clients are', () => {
  it.each<[string, Flags, Reach]>([
    ['on this host when nothing is said', {}, { clients: 'host' }],
    ['on this host, reached in a pod', { network: 'pod' }, { clients: 'host', network: 'pod' }],
    ['on this host, on a bridge', { network: 'bridge' }, { clients: 'host', network: 'bridge' }],
    ['in containers', { clients: 'containers' }, { clients: 'containers' }],
    [
      'in containers on their own network',
      { clients: 'containers', join: 'app-net', network: 'bridge' },
      { clients: 'containers', join: 'app-net', network: 'bridge' },
    ],
    ['on other machines', LAN, { clients: 'lan', address: '192.168.1.7' }],
    [
      'on other machines, with the form in words',
      { ...LAN, network: 'announce' },
      { clients: 'lan', address: '192.168.1.7', network: 'announce' },
    ],
    [
      'on this host, by an address of it',
      { network: 'announce', address: '192.168.1.7', acl: true },
      { clients: 'host', network: 'announce', address: '192.168.1.7' },
    ],
  ])('is taken as it is said: %s', (_, flags, reach) => {
    expect(reachOf(flags)).toEqual(reach);
  });

  it('says where the nodes are published', () => {
    const publishOf = (flags: Flags) => resolveSpec([flagLayer(flags)]).spec.security.publish;
    expect(publishOf(LAN)).toBe('192.168.1.7');
    expect(publishOf({ ...LAN, publish: '192.168.1.7' })).toBe('192.168.1.7');
    expect(publishOf({ network: 'pod', publish: '127.0.0.1' })).toBe('127.0.0.1');
    expect(publishOf({ publish: '0.0.0.0', auth: true })).toBe('0.0.0.0');
    expect(publishOf({ clients: 'containers' })).toBe('127.0.0.1');
  });
});

const rule = (start: string) => expect.stringMatching(new RegExp(`^${start}`));

describe('what cannot be', () => {
  it.each<[string, Flags, string[]]>([
    [
      'other machines without an address',
      { clients: 'lan', auth: true },
      ['--clients is lan, and there is no address; legal is --address'],
    ],
    [
      'other machines on a bridge',
      { ...LAN, network: 'bridge' },
      [
        '--network is bridge, which other machines cannot reach; legal for clients lan is announce',
        '--address is 192.168.1.7; legal is one with --clients host or lan',
      ],
    ],
    [
      'other machines in a pod',
      { clients: 'lan', network: 'pod', auth: true },
      [
        '--clients is lan, and there is no address',
        '--network is pod, which other machines cannot',
      ],
    ],
    [
      'containers in a pod',
      { clients: 'containers', network: 'pod' },
      ['--network is pod; legal for clients containers is bridge'],
    ],
    [
      'containers by an announced address',
      { clients: 'containers', network: 'announce' },
      ['--network is announce; legal for clients containers is bridge'],
    ],
    [
      'a network to join for clients on this host',
      { join: 'app-net' },
      ['--join is app-net; legal is it with --clients containers only'],
    ],
    [
      'a network to join for other machines',
      { ...LAN, join: 'app-net' },
      ['--join is app-net; legal is it with --clients containers only'],
    ],
    [
      'an address for containers',
      { clients: 'containers', address: '192.168.1.7', auth: true },
      ['--address is 192.168.1.7; legal is one with --clients host or lan'],
    ],
    [
      'an address for a pod',
      { network: 'pod', address: '192.168.1.7', auth: true },
      ['--address is 192.168.1.7; legal is one with --clients host or lan'],
    ],
    [
      'all addresses at once',
      { ...LAN, address: '0.0.0.0' },
      ['--address is 0.0.0.0; legal is an address that is the same for every client'],
    ],
    [
      'an address that each takes for itself',
      { ...LAN, address: '127.0.1.1' },
      ['--address is 127.0.1.1; legal is an address that is the same for every client'],
    ],
    [
      'an address without a password',
      { clients: 'lan', address: '192.168.1.7' },
      ['--address is 192.168.1.7, where others can reach the ports, and there is no password'],
    ],
    [
      'an address with a password that is turned off',
      { ...LAN, auth: false },
      ['--address is 192.168.1.7, where others can reach the ports, and there is no password'],
    ],
    [
      'to publish elsewhere than is announced',
      { ...LAN, publish: '0.0.0.0' },
      [
        '--publish is 0.0.0.0, but in this form nodes are published where they are known: 192.168.1.7',
      ],
    ],
    [
      'to publish a pod elsewhere than on the loopback address',
      { network: 'pod', publish: '192.168.1.7', auth: true },
      [
        '--publish is 192.168.1.7, but in this form nodes are published where they are known: 127.0',
      ],
    ],
    [
      'to publish for others without a password',
      { clients: 'containers', publish: '0.0.0.0' },
      ['--publish is 0.0.0.0, where others can reach the ports, and there is no password'],
    ],
  ])('is refused: %s', (_, flags, starts) => {
    expect(problemsOf(flags)).toEqual(starts.map((start) => rule(start.replaceAll('.', '\\.'))));
  });

  it('is told all at once', () => {
    const told = problemsOf({
      ...{ clients: 'lan', network: 'pod', address: '127.0.0.1', join: 'app-net' },
      ...{ publish: '127.0.0.2', quorum: 9 },
    });
    const flags = told.map((line) => line.split(' ')[0]);
    expect(flags).toEqual([
      ...['--quorum', '--network', '--join'],
      ...['--address', '--address', '--address', '--publish'],
    ]);
    expect(new Set(told).size).toBe(told.length);
  });

  it('is told with its line where it is said in a file', () => {
    const { layer } = fileLayer('name: lab\nclients: lan\nnetwork: pod\nauth: true\n', 'x.yaml');
    expect(() => resolveSpec([layer])).toThrow(
      /x\.yaml:2: clients is lan, [\s\S]*x\.yaml:3: network/,
    );
  });

  it('comes from a flag and a file together, too', () => {
    const { layer } = fileLayer('network: bridge\n', 'x.yaml');
    expect(() => resolveSpec([flagLayer(LAN), layer])).toThrow(
      /x\.yaml:1: network is bridge, [\s\S]*--address is 192\.168\.1\.7/,
    );
  });
});
