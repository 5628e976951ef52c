import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { StatusDocument, UpDocument } from '../helpers/documents.js';
import { imageOf, imageWith } from '../helpers/images.js';
import { Lab } from '../helpers/lab.js';
import { withRedis } from '../helpers/redis.js';

// Packages may have to be fetched first.
jest.setTimeout(420_000);

interface UpgradeDocument {
  readonly changed: boolean;
  readonly image: string;
  readonly from: string;
  readonly server: { readonly program: string; readonly version: string };
  readonly master: string;
  readonly stages: readonly {
    readonly what: string;
    readonly node: string;
    readonly writes: { readonly acknowledged: number; readonly lost: number };
  }[];
  readonly writes: {
    readonly acknowledged: number;
    readonly lost: number;
    readonly longestGapMs: number;
  };
}

describe('upgrade', () => {
  let lab: Lab;
  const images: string[] = [];

  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterAll(async () => {
    await lab?.clean();
    for (const image of images) await lab?.docker.getImage(image).remove({ force: true });
  });

  /** Container id and image of every node, by its name. */
  async function containers(name: string): Promise<Record<string, string>> {
    const filters = { label: [`rsent.topology=${name}`] };
    const rows = await lab.docker.listContainers({ all: true, filters });
    const nodes = rows.filter(({ Labels }) => Labels['rsent.node'] !== undefined);
    return Object.fromEntries(
      nodes.map(({ Labels, Id, Image }) => [Labels['rsent.node'] ?? '', `${Image} ${Id}`]),
    );
  }

  async function imagesOf(name: string): Promise<string[]> {
    const all = Object.values(await containers(name));
    return [...new Set(all.map((each) => each.split(' ')[0] ?? ''))];
  }

  async function begin(image: string, ...flags: readonly string[]): Promise<string> {
    const name = lab.name();
    const up = lab.start(['up', name, '--profile', 'ci', ...flags], { RSENT_IMAGE: image });
    const { code, stderr } = await up.result;
    if (code !== 0) throw new Error(stderr);
    await onMaster(name, (client) => client.set('precious', '42'));
    return name;
  }

  async function status(name: string): Promise<StatusDocument> {
    return JSON.parse((await lab.run('status', name, '--json')).stdout) as StatusDocument;
  }

  async function onMaster<T>(name: string, act: Parameters<typeof withRedis<T>>[1]): Promise<T> {
    const { master, nodes } = await status(name);
    const node = nodes.find((each) => each.name === master?.node);
    return withRedis(node?.published ?? '', act, await lab.key(name));
  }

  /** All is well on this image and no other, and the data is there. */
  async function expectAllOn(name: string, image: string): Promise<void> {
    expect(await imagesOf(name)).toEqual([image]);
    expect(await status(name)).toMatchObject({ healthy: true, findings: [] });
    expect(await onMaster(name, (client) => client.get('precious'))).toBe('42');
  }

  describe('from 7.0 to 8.0 with users of its own and TLS', () => {
    let [old, young, name] = ['', '', ''];

    beforeAll(async () => {
      [old, young] = [await imageOf('redis:7.0'), await imageOf('redis:8.0')];
      name = await begin(old, '--acl', '--tls');
    });

    it('shows what it would do, and does nothing', async () => {
      const before = await containers(name);
      const plan = await lab.json<{ steps: { kind: string; node?: string }[] }>(
        ...['upgrade', name, '--image', young, '--dry-run'],
      );
      const made = plan.steps.filter(({ kind }) => kind === 'create-container');
      expect(made).toHaveLength(6);
      expect(plan.steps.filter(({ kind }) => kind === 'hand-over')).toHaveLength(1);
      expect(await containers(name)).toEqual(before);
    });

    it('goes one node at a time, and loses no write', async () => {
      const done = await lab.json<UpgradeDocument>('upgrade', name, '--image', young);
      expect(done.stages.map(({ what }) => what)).toEqual([
        ...['replica', 'replica', 'hand-over', 'master'],
        ...['sentinel', 'sentinel', 'sentinel'],
      ]);
      expect(done.server).toMatchObject({ program: 'redis-server' });
      expect(done.writes.lost).toBe(0);
      expect(done.stages.filter(({ writes }) => writes.acknowledged === 0)).toEqual([]);
      expect(done.master).not.toBe('redis-1');
      await expectAllOn(name, young);
    });

    it('has nothing to do a second time, and refuses what could not read the data', async () => {
      const before = await containers(name);
      const again = await lab.json<UpgradeDocument>('upgrade', name, '--image', young);
      expect(again).toMatchObject({ changed: false, stages: [] });
      const { code, stderr } = await lab.run('upgrade', name, '--image', old);
      expect([code, stderr]).toEqual([1, expect.stringContaining('REDIS0010')]);
      expect(await containers(name)).toEqual(before);
      await expectAllOn(name, young);
    });
  });

  it('from 6.0 over 7.0 to Valkey 8.1: what is killed on the way is ended by the next up', async () => {
    const [first, second] = [await imageOf('redis:6.0'), await imageOf('redis:7.0')];
    const third = await imageOf('valkey:8.1');
    const name = await begin(first, '--replicas', '1', '--min-replicas-to-write', '0');
    const upgrade = lab.start(['upgrade', name, '--image', second]);
    await upgrade.heard('1 of 6:');
    upgrade.child.kill('SIGKILL');
    await upgrade.result;
    const { findings } = await status(name);
    const unfinished = findings.find(({ code }) => code === 'upgrade-unfinished');
    expect(unfinished?.saw).toContain(`redis-2: ${second}`);
    const up = await lab.start(['up', name, '--json'], { RSENT_IMAGE: second }).result;
    const ended = JSON.parse(up.stdout) as UpDocument & { settings: string[] };
    expect(ended).toMatchObject({ healthy: true, changed: true });
    expect(ended.settings).toEqual([`image: ${first} -> ${second}`]);
    await expectAllOn(name, second);
    const done = await lab.json<UpgradeDocument>('upgrade', name, '--image', third);
    expect(done).toMatchObject({ server: { program: 'valkey-server' }, writes: { lost: 0 } });
    await expectAllOn(name, third);
  });

  it('takes all back when a node fails, with the data of replicas that a newer server rewrote', async () => {
    const [old, young] = [await imageOf('redis:7.0'), await imageOf('redis:8.0')];
    const broken = await imageWith(lab.docker, young, '[ -e /data/broken ] && exit 1');
    images.push(broken);
    const name = await begin(old);
    const mark = join(lab.home, 'data', name, 'redis-3', 'data', 'broken');
    await writeFile(mark, '');
    const { code, stderr } = await lab.run('upgrade', name, '--image', broken);
    expect(code).toBe(1);
    expect(stderr).toMatch(/redis-3 did not stay up/);
    expect(stderr).toMatch(/0 of them lost/);
    await expectAllOn(name, old);
  });

  it('hands over back when a Sentinel fails after the hand-over', async () => {
    const old = await imageOf('redis:7.0');
    const broken = await imageWith(
      lab.docker,
      old,
      'case "$*" in *--sentinel*) echo no Sentinel; exit 1;; esac',
    );
    images.push(broken);
    const name = await begin(old, '--replicas', '1', '--min-replicas-to-write', '0');
    const { code, stderr } = await lab.run('upgrade', name, '--image', broken);
    expect(code).toBe(1);
    expect(stderr).toMatch(/sentinel-1 did not stay up/);
    expect(stderr).toMatch(/0 of them lost/);
    await expectAllOn(name, old);
  });

  it('refuses an image whose server does not start, before anything is touched', async () => {
    const old = await imageOf('redis:7.0');
    const dead = await imageWith(
      lab.docker,
      old,
      'case "$*" in --version) ;; *) echo dead; exit 1;; esac',
    );
    images.push(dead);
    const name = await begin(old, '--replicas', '1', '--min-replicas-to-write', '1');
    const before = await containers(name);
    const { code, stderr } = await lab.run('upgrade', name, '--image', dead);
    expect([code, stderr]).toEqual([2, expect.stringContaining('does not start')]);
    const unsafe = await lab.run('upgrade', name, '--image', await imageOf('redis:8.0'));
    expect([unsafe.code, unsafe.stderr]).toEqual([1, expect.stringContaining('--allow-unsafe')]);
    expect(await containers(name)).toEqual(before);
  });
});
