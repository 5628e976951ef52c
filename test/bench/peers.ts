import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bench, secondsOf } from './bench.js';
import type { Place, Site } from './model.js';
import { inRepository } from './place.js';
import { awaitQuorum } from './quorum.js';

/** Another way to have the same topology. */
export interface Peer {
  /** Make it. @returns seconds until its quorum was verified */
  readonly up: () => Promise<number>;
  /** Take it away. @returns seconds */
  readonly down: () => Promise<number>;
  /** Remove its files. */
  readonly forget: () => Promise<void>;
}

const FILE = inRepository('test', 'bench', 'peers', 'compose.yaml');
const CONF = inRepository('test', 'bench', 'peers', 'sentinel.conf');
/** The nodes are this user, so that their files can be removed by it. */
const USER = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;

/** Compose with a file that was tuned by hand. @param program path of a Compose 2 */
export async function composePeer(bench: Bench, site: Site, program: string): Promise<Peer> {
  const name = bench.name('compose');
  const directory = await directoryOf(bench, site, name);
  const env = { ...process.env, ...variables(bench, site) };
  const files = ['-p', name, '--project-directory', directory, '-f', FILE];
  const compose = (...args: readonly string[]) =>
    bench.run(program, ['--ansi', 'never', ...files, ...args], env);
  return {
    up: () =>
      secondsOf(async () => {
        await compose('up', '-d', '--wait');
        await awaitQuorum(site, bench.signal);
      }),
    down: () => secondsOf(() => compose('down')),
    forget: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Six `docker run`, one after the other, as a document tells it, with addresses that work. */
export async function plainPeer(bench: Bench, site: Site): Promise<Peer> {
  const name = bench.name('plain');
  const directory = await directoryOf(bench, site, name);
  const docker = (...args: readonly string[]) => bench.run('docker', args);
  const labels = Object.entries(bench.labels).flatMap(([key, value]) => [
    '--label',
    `${key}=${value}`,
  ]);
  const nodes = nodesOf(site);
  const container = (node: string) => `${name}-${node}`;
  const start = async ({ node, place, inside, command }: Node) => {
    const at = join(directory, node);
    const volumes = ['-v', `${at}:/data`, '-v', `${at}:/etc/redis`, '-w', '/data'];
    const ports = ['--ip', place.ip, '-p', `127.0.0.1:${place.port}:${inside}`];
    const common = ['--name', container(node), '--network', name, '--user', USER, ...labels];
    await docker('run', '-d', ...common, ...ports, ...volumes, bench.image, ...command);
  };
  return {
    up: () =>
      secondsOf(async () => {
        await docker('network', 'create', '--subnet', site.subnet, ...labels, name);
        for (const node of nodes) await start(node);
        await awaitQuorum(site, bench.signal);
      }),
    down: () =>
      secondsOf(async () => {
        await docker('rm', '-f', ...nodes.map(({ node }) => container(node)));
        await docker('network', 'rm', name);
      }),
    forget: () => rm(directory, { recursive: true, force: true }),
  };
}

/** A node of the plain way. */
interface Node {
  readonly node: string;
  readonly place: Place;
  readonly inside: number;
  readonly command: readonly string[];
}

function nodesOf({ redis, sentinels, server }: Site): Node[] {
  const master = redis[0]?.ip ?? '';
  const follows = (i: number) => (i === 0 ? [] : ['--replicaof', master, '6379']);
  return [
    ...redis.map((place, i) => ({
      ...{ node: `redis-${i + 1}`, place, inside: 6379 },
      command: [server, '--protected-mode', 'no', ...follows(i)],
    })),
    ...sentinels.map((place, i) => ({
      ...{ node: `sentinel-${i + 1}`, place, inside: 26_379 },
      command: [server, '/etc/redis/sentinel.conf', '--sentinel'],
    })),
  ];
}

/** A directory for each node; those of Sentinels have their conf in it. */
async function directoryOf(bench: Bench, site: Site, name: string): Promise<string> {
  const directory = join(bench.home, name);
  const conf = (await readFile(CONF, 'utf8')).replace('MASTER', site.redis[0]?.ip ?? '');
  for (const { node } of nodesOf(site)) {
    await mkdir(join(directory, node), { recursive: true });
    if (node.startsWith('sentinel')) await writeFile(join(directory, node, 'sentinel.conf'), conf);
  }
  return directory;
}

/** What the Compose file has to be told. */
function variables(bench: Bench, { redis, sentinels, subnet, server }: Site) {
  const named = (kind: string, places: readonly Place[]) =>
    places.flatMap(({ ip, port }, i) => [
      [`BENCH_${kind}_${i + 1}`, ip],
      [`BENCH_${kind}_${i + 1}_PORT`, String(port)],
    ]);
  return {
    ...{ BENCH_IMAGE: bench.image, BENCH_USER: USER, BENCH_ID: bench.id, BENCH_SUBNET: subnet },
    ...{ BENCH_SERVER: server, BENCH_CLI: server.replace(/-server$/, '-cli') },
    ...Object.fromEntries([...named('REDIS', redis), ...named('SENTINEL', sentinels)]),
  };
}
