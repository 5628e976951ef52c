import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { busyPorts, hostSubnets, parseRoutes, portHolder } from '../../src/host/network.js';

const HEADER =
  'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
const row = (destination: string, mask: string) =>
  `eth0\t${destination}\t00000000\t0001\t0\t0\t0\t${mask}\t0\t0\t0`;

describe('parseRoutes', () => {
  it.each([
    ['a /16', '000011AC', '0000FFFF', '172.17.0.0/16'],
    ['a /24', '00BB1DAC', '00FFFFFF', '172.29.187.0/24'],
    ['a /8', '0000000A', '000000FF', '10.0.0.0/8'],
    ['a single host', '0500A8C0', 'FFFFFFFF', '192.168.0.5/32'],
    ['a /20', '0010A8C0', '00F0FFFF', '192.168.16.0/20'],
  ])('reads %s', (_, destination, mask, expected) => {
    expect(parseRoutes(`${HEADER}\n${row(destination, mask)}\n`)).toEqual([expected]);
  });

  it('passes over the default route, the heading and what is no route', () => {
    const table = [HEADER, row('00000000', '00000000'), '', 'x y', row('0000000A', '000000FF')];
    expect(parseRoutes(table.join('\n'))).toEqual(['10.0.0.0/8']);
  });

  it('reads nothing out of nothing', () => {
    expect(parseRoutes('')).toEqual([]);
  });
});

describe('hostSubnets', () => {
  it('has the loopback network, as CIDRs', async () => {
    const subnets = await hostSubnets();
    expect(subnets).toContain('127.0.0.1/8');
    for (const subnet of subnets) expect(subnet).toMatch(/^\d+\.\d+\.\d+\.\d+\/\d+$/);
  });
});

/** The busy ones of a single range. */
async function busy(first: number, count: number, ip?: string): Promise<number[]> {
  return (await busyPorts([{ first, count }], ip))[0] ?? [];
}

describe('a port that is listened on', () => {
  let server: Server;
  let port: number;

  async function listenOn(host: string): Promise<void> {
    server = createServer();
    await new Promise<void>((resolve) => server.listen({ host, port: 0 }, resolve));
    port = (server.address() as AddressInfo).port;
  }

  afterEach(() => new Promise<void>((resolve) => void server.close(() => resolve())));

  it.each(['127.0.0.1', '0.0.0.0'])('is busy when it is on %s', async (host) => {
    await listenOn(host);
    expect(await busy(port, 1)).toContain(port);
  });

  it('is busy on its own address, and on all at once, but on no other', async () => {
    await listenOn('127.0.0.2');
    const busyOn = async (ip: string) => (await busy(port, 1, ip)).includes(port);
    expect([await busyOn('127.0.0.2'), await busyOn('0.0.0.0')]).toEqual([true, true]);
    expect([await busyOn('127.0.0.1'), await busyOn('127.0.0.3')]).toEqual([false, false]);
  });

  it.each(['127.0.0.1', '127.0.0.9', '0.0.0.0'])(
    'is busy on %s when it is on all addresses',
    async (ip) => {
      await listenOn('0.0.0.0');
      expect(await busy(port, 1, ip)).toContain(port);
    },
  );

  it('is busy on an address of IPv4 when it is on that of IPv6 that stands for it', async () => {
    await listenOn('::ffff:127.0.0.2');
    expect(await busy(port, 1, '127.0.0.2')).toContain(port);
    expect(await busy(port, 1, '127.0.0.1')).not.toContain(port);
  });

  it('is seen anywhere in the range', async () => {
    await listenOn('127.0.0.1');
    expect(await busy(Math.max(1, port - 2), 4)).toContain(port);
  });

  it('names this process as its holder', async () => {
    await listenOn('127.0.0.1');
    expect(await portHolder(port)).toMatch(new RegExp(`^\\S.* \\(pid ${process.pid}\\)$`));
  });

  it('is free once the listening ends, and nobody holds it', async () => {
    await listenOn('127.0.0.1');
    const { port: closed } = server.address() as AddressInfo;
    await new Promise<void>((resolve) => void server.close(() => resolve()));
    expect(await busy(closed, 1)).not.toContain(closed);
    expect(await portHolder(closed)).toBe('another process');
    await listenOn('127.0.0.1');
  });
});

describe('busyPorts', () => {
  it('comes to an end at the last port', async () => {
    const ports = await busy(65_535, 10);
    expect(ports.every((port) => port === 65_535)).toBe(true);
  });

  it('tells ranges apart', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const ranges = [port, port + 1, port].map((first) => ({ first, count: 1 }));
    const [first, second, third] = await busyPorts(ranges);
    server.close();
    expect([first?.includes(port), second?.includes(port), third]).toEqual([true, false, first]);
  });
});
