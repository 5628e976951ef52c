import { jest } from '@jest/globals';
import Docker from 'dockerode';
import { knowsDirective, YOUNG_DIRECTIVES } from '../../src/plan/since.js';
import type { DrillDocument } from '../helpers/documents.js';
import { imageOf } from '../helpers/images.js';
import { Lab } from '../helpers/lab.js';
import { Life } from '../helpers/life.js';

// Packages may have to be fetched first.
jest.setTimeout(300_000);

/** Sentinel has users since 6.2; 7.0 without any of it is in lifecycle.test.ts. */
const SERVERS: readonly (readonly [string, RegExp, readonly string[]])[] = [
  ['redis:6.0', /^redis-server 6\.0\./, []],
  ['redis:7.0', /^redis-server 7\.0\./, ['--acl', '--tls']],
  ['redis:8.0', /^redis-server 8\.0\./, ['--acl', '--tls']],
  ['valkey:8.1', /^valkey-server 8\.1\./, ['--acl', '--tls']],
];

describe.each(SERVERS)('%s', (server, says, flags) => {
  let lab: Lab;
  let life: Life;
  let drill: DrillDocument;

  beforeAll(async () => {
    const env = { RSENT_IMAGE: await imageOf(server) };
    lab = await Lab.open({ docker: new Docker(), env });
    life = await Life.begin(lab, ...flags);
  });
  afterAll(() => lab?.clean());

  /** The program and the version that a node itself claims. */
  async function claimed(node: string): Promise<{ server: string; version: string }> {
    const info = await life.ask(node, (client) => client.info('server'), 'rsent');
    const field = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
    const valkey = field('valkey_version');
    return valkey === undefined
      ? { server: 'redis-server', version: field('redis_version') ?? '' }
      : { server: 'valkey-server', version: valkey };
  }

  it('comes up healthy, and every node runs that server', async () => {
    life.expectComplete();
    for (const { name } of life.first.nodes) {
      const program = await claimed(name);
      expect(`${program.server} ${program.version}`).toMatch(says);
    }
  });

  it('is told truly by status', () => life.expectTold());

  it('knows the directives that it is said to know, and no other', async () => {
    const program = await claimed('redis-1');
    const settings = YOUNG_DIRECTIVES.filter((name) => !name.startsWith('sentinel '));
    const known = await life.ask(
      'redis-1',
      (client) => Promise.all(settings.map((name) => client.config('GET', name))),
      'rsent',
    );
    expect(settings.filter((_, i) => (known[i] as string[]).length > 0)).toEqual(
      settings.filter((name) => knowsDirective(program, name)),
    );
  });

  it('fails over once after a crash, and loses no write that a replica had', async () => {
    await life.write();
    const args = ['failover', life.name, '--wait', '1', '--max-lost', '0'];
    drill = await lab.json<DrillDocument>(...args);
    life.expectPromoted(drill);
    expect(drill).toMatchObject({ passed: true, promotions: 1, complaints: [] });
    const { sentinels } = await lab.healthy(life.name);
    // A vote split on a busy machine is tried again in the next epoch; one promotion, as said above.
    const epochs = sentinels.map(({ sees }) => sees?.epoch ?? 0);
    expect(new Set(epochs).size).toBe(1);
    expect(epochs[0]).toBeGreaterThanOrEqual(1);
    await life.expectWritten(drill.promoted ?? '');
  });

  it('keeps roles and data over down and up', () => life.expectKept(drill.promoted ?? ''));
});
