import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Files } from '../../src/flow/files.js';
import { leadForStart } from '../../src/flow/kept-lead.js';
import { type Return, requireSafeStart, standingsReader } from '../../src/flow/start-alone.js';
import { type FileStore, LOCAL_FILES } from '../../src/host/file-store.js';
import { OPEN_ACCESS } from '../../src/model/access.js';
import type { ContainerState } from '../../src/model/topology.js';
import { command } from '../helpers/aof.js';
import { aContext, anEngine } from '../helpers/engine.js';
import { healthyObservation } from '../helpers/observation.js';
import { useTempDir } from '../helpers/temp.js';
import { nodeNamed } from '../helpers/topology.js';
import { anUnheardRecord } from '../helpers/unheard.js';

const path = useTempDir();
const record = anUnheardRecord();
const master = nodeNamed(record, 'redis-1');
const replica = nodeNamed(record, 'redis-2');

async function put(name: string, content: string): Promise<void> {
  await mkdir(dirname(path(name)), { recursive: true });
  await writeFile(path(name), content);
}

const hasData = (node: string) => put(`lab/${node}/data/appendonly.aof`, '*1\r\n');

/** Its conf, and whom it follows. */
async function conf(node: string, further = ''): Promise<void> {
  await put(`lab/${node}/conf/redis.conf`, `appendonly yes\n${further}`);
}

/** Bring one back while the first node's container is like this, and no master is known. */
function back(how: Return, node: typeof master, first: ContainerState | 'cut' = 'running') {
  const engine = anEngine();
  const context = { ...aContext(engine, path()), files: new Files(engine, path()) };
  const known = { record, running: { name: 'lab', nodes: [] }, access: OPEN_ACCESS };
  const base = healthyObservation();
  const nodes = base.nodes.map((each) =>
    each.name === 'redis-1' ? { ...each, container: first } : { ...each, container: 'exited' },
  );
  const observation = { ...base, nodes } as typeof base;
  return requireSafeStart(context, known, observation, node, undefined, how);
}

describe('a node that comes back with what it has in its memory', () => {
  beforeEach(async () => {
    const { ip, port } = master.address;
    await conf('redis-1');
    await conf('redis-2', `replicaof ${ip} ${port}\n`);
    await hasData('redis-2');
  });

  it.each(['resume', 'heal'] as const)(
    'is not let back by %s to a master without data',
    async (how) => {
      await expect(back(how, replica)).rejects.toMatchObject({
        kind: 'refused',
        message: expect.stringContaining('redis-2 was not '),
      });
    },
  );

  it('is not let back as a master that would empty the others', async () => {
    await expect(back('resume', master, 'paused')).rejects.toMatchObject({ kind: 'refused' });
    await expect(back('heal', master, 'cut')).rejects.toMatchObject({ kind: 'refused' });
  });

  it('is, where the master has data, or cannot empty anybody as it does not run', async () => {
    await back('resume', replica, 'exited');
    await hasData('redis-1');
    await back('heal', replica);
  });
});

describe('a master that is started alone', () => {
  it('is not when its file ends before that of a replica', async () => {
    const { ip, port } = master.address;
    await conf('redis-1');
    await conf('redis-2', `replicaof ${ip} ${port}\n`);
    const sets = ['a', 'b', 'c'].map((key) => command('set', key, '1'));
    await put('lab/redis-1/data/appendonly.aof', sets.slice(0, 2).join(''));
    await put('lab/redis-2/data/appendonly.aof', sets.join(''));
    await expect(back('start', master, 'exited')).rejects.toMatchObject({
      message: expect.stringContaining('file ends 1 command before that of redis-2'),
      hint: expect.stringContaining('starts all, with redis-2 as the master'),
    });
    await put('lab/redis-1/data/appendonly.aof', sets.join(''));
    await back('start', master, 'exited');
  });
});

describe('data nodes that are started while no Sentinel answers', () => {
  /** Who leads while containers are like this; all others are at rest. */
  function lead(nodes: readonly (typeof master)[], running: readonly string[], serving = false) {
    const engine = anEngine();
    const context = { ...aContext(engine, path()), files: new Files(engine, path()) };
    const known = { record, running: { name: 'lab', nodes: [] }, access: OPEN_ACCESS };
    const base = healthyObservation();
    const all = base.nodes.map((each) => ({
      ...each,
      container: running.includes(each.name) ? 'running' : 'exited',
      answer: { reached: false, why: 'silent' },
    }));
    const observation = { ...base, nodes: all } as typeof base;
    const by = serving ? master : undefined;
    return leadForStart(context, known, observation, nodes, by);
  }

  const sentinel = (address: { ip: string; port: number }, epoch: number) =>
    `sentinel monitor mymaster ${address.ip} ${address.port} 2\nsentinel config-epoch mymaster ${epoch}\n`;
  const third = nodeNamed(record, 'redis-3');

  beforeEach(async () => {
    const { ip, port } = replica.address;
    // The first was killed as the master, and its conf does not know that the second took its place.
    await conf('redis-1');
    await conf('redis-2');
    await conf('redis-3', `replicaof ${ip} ${port}\n`);
    await put('lab/sentinel-1/conf/sentinel.conf', sentinel(master.address, 1));
    await put('lab/sentinel-2/conf/sentinel.conf', sentinel(replica.address, 2));
  });

  it('follow the master that the latest Sentinel knows', async () => {
    expect(await lead([replica], [])).toMatchObject({ name: 'redis-2' });
    expect(await lead([third], [])).toMatchObject({ name: 'redis-2' });
    expect(await lead([master], ['redis-2'])).toMatchObject({ name: 'redis-2' });
    expect(await lead([master, replica], [])).toMatchObject({ name: 'redis-2' });
  });

  it('do even where a replaced master was started by hand and serves', async () => {
    expect(await lead([replica], ['redis-1'], true)).toMatchObject({ name: 'redis-2' });
  });

  it('do not come back before it when they were not its replicas', async () => {
    await expect(lead([master], [])).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('redis-2 has been made the master since'),
      hint: expect.stringContaining('rsent start lab redis-2'),
    });
  });

  it('take the one that serves where no Sentinel left anything', async () => {
    await put('lab/sentinel-1/conf/sentinel.conf', '');
    await put('lab/sentinel-2/conf/sentinel.conf', '');
    expect(await lead([third], ['redis-1'], true)).toMatchObject({ name: 'redis-1' });
  });
});

describe('several data nodes that come back together', () => {
  it('have what all have read once', async () => {
    let looks = 0;
    const engine = anEngine();
    const store: FileStore = {
      ...LOCAL_FILES,
      look: async (at) => {
        looks += 1;
        return LOCAL_FILES.look(at);
      },
    };
    const files = { of: () => store } as unknown as Files;
    const context = { ...aContext(engine, path()), files };
    const known = { record, running: { name: 'lab', nodes: [] }, access: OPEN_ACCESS };
    const base = healthyObservation();
    const nodes = base.nodes.map((each) => ({ ...each, container: 'exited' as const }));
    await conf('redis-1');
    await hasData('redis-1');
    const read = standingsReader(context, known, { ...base, nodes } as typeof base);
    const first = await read(master.address);
    const [once, again] = [looks, await read(master.address)];
    expect([again, looks]).toEqual([first, once]);
    expect(once).toBeGreaterThan(0);
  });
});
