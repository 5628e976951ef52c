import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Context } from '../../src/flow/context.js';
import type { Reply } from '../../src/model/observation.js';
import type { Command } from '../../src/redis/client.js';
import { cut, cutDisk } from '../helpers/cut-disk.js';
import { Fuse } from '../helpers/fuse.js';
import { PasswordNode } from '../helpers/password-node.js';
import { quickDirectory } from '../helpers/temp.js';

const disk = await cutDisk();
const { writeRecord, readRecord } = await import('../../src/host/data-home.js');
const { readPasswords, writePassword } = await import('../../src/host/secrets.js');
const { rotatePassword } = await import('../../src/flow/rotate-password.js');
const { rotateCertificates } = await import('../../src/flow/rotate-certs.js');
const { finishBegun } = await import('../../src/flow/finish-begun.js');
const { Files } = await import('../../src/flow/files.js');
const { Observer } = await import('../../src/flow/observe.js');
const { Clients } = await import('../../src/redis/clients.js');
const { usersOf } = await import('../../src/model/access.js');
const { fromHere, sameAddress } = await import('../../src/model/topology.js');
const { anEngine } = await import('../helpers/engine.js');
const { healthyObservation } = await import('../helpers/observation.js');
const { silentProgress } = await import('../helpers/scene.js');
const { aSecurity } = await import('../helpers/security.js');
const { aRecord } = await import('../helpers/topology.js');

type Users = ReturnType<typeof usersOf>;

const NEW = 'new-password-of-everybody';
const OLD = 'old-password-of-everybody';

/** A topology with passwords, its files in a data home and its nodes in memory. */
class World {
  readonly acl: boolean;
  readonly home: string;
  readonly users: Users;
  readonly record;
  readonly nodes: readonly PasswordNode[];
  readonly context: Context;

  private constructor(home: string, acl: boolean) {
    this.acl = acl;
    this.home = home;
    const security = aSecurity({ auth: true, acl, tls: true });
    this.users = usersOf(security);
    this.record = aRecord({ replicas: 1, sentinels: 1, quorum: 1, security });
    const old = (user: string) => (acl ? `old-password-of-${user}` : OLD);
    this.nodes = this.record.placement.nodes.map(({ name, kind }) => {
      const known = this.users.filter((user) => kind === 'redis' || user !== 'replication');
      const users = (acl ? known : ['default']).map(
        (user) => [user, new Set([old(user)])] as const,
      );
      const says: [string, string][] =
        kind === 'redis'
          ? [['masterauth', old('replication')]]
          : [
              ['sentinel-pass', old('sentinel')],
              ['auth-pass', old('sentinel')],
            ];
      return new PasswordNode(name, kind, { users: new Map(users), says: new Map(says) });
    });
    const { signal } = new AbortController();
    const engine = anEngine();
    this.context = {
      ...{ engine, home, signal, progress: silentProgress(), files: new Files(engine, home) },
    } as Context;
  }

  static async make(acl: boolean): Promise<World> {
    cut.fuse = new Fuse();
    const world = new World(await quickDirectory(), acl);
    await disk.makeDirectory(join(world.home, 'lab'), 0o700);
    await writeRecord(world.home, world.record);
    for (const user of world.users)
      await writePassword(world.home, 'lab', user, acl ? `old-password-of-${user}` : OLD);
    cut.fuse = new Fuse();
    jest
      .spyOn(Observer.prototype, 'look')
      .mockImplementation(async () => healthyObservation(world.record));
    jest.spyOn(Clients.prototype, 'at').mockImplementation((address, credentials) => {
      const at = world.record.placement.nodes.findIndex(({ published }) =>
        sameAddress(fromHere(published), address),
      );
      const node = world.nodes[at];
      if (node === undefined) throw new Error(`nobody is at ${address.ip}:${address.port}`);
      return clientOf(node, credentials) as unknown as ReturnType<
        (typeof Clients)['prototype']['at']
      >;
    });
    return world;
  }

  async rotate(): Promise<unknown> {
    return rotatePassword(this.context, 'lab', { password: NEW, graceMs: 0, timeoutMs: 1000 });
  }

  /** What `up` does once all runs. */
  async up(): Promise<unknown> {
    const record = await readRecord(this.home, 'lab');
    return finishBegun(this.context, record ?? this.record, 1000);
  }

  async unfinished(): Promise<unknown> {
    return (await readRecord(this.home, 'lab'))?.unfinished;
  }

  async kept() {
    return readPasswords(this.home, 'lab', this.record.spec.security);
  }

  /** Whom the passwords on disk, or those that nodes say to each other, do not let in. */
  async shutOut(): Promise<string[]> {
    const kept = await this.kept();
    const opens = (node: PasswordNode, user: string, password: string | undefined) =>
      node.now.users.get(this.acl ? user : 'default')?.has(password ?? '') === true;
    const isSaidTo = (node: PasswordNode, what: string) =>
      (what === 'sentinel-pass') === (node.kind === 'sentinel');
    return this.nodes.flatMap((node) => [
      ...(['app', 'rsent'] as const).filter((user) => !opens(node, user, kept[user])),
      ...this.nodes.flatMap((other) =>
        [...other.now.says].flatMap(([what, said]) => {
          const user = what === 'masterauth' ? 'replication' : 'sentinel';
          if (!isSaidTo(node, what) || opens(node, user, said)) return [];
          return [`${other.name} (${what}) at ${node.name}`];
        }),
      ),
    ]);
  }

  /** All that any node lets in or says. */
  passwords(): string[] {
    return this.nodes.flatMap(({ now }) => [
      ...[...now.users.values()].flatMap((each) => [...each]),
      ...now.says.values(),
    ]);
  }

  async remove(): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
  }
}

function clientOf(
  node: PasswordNode,
  { username = 'default', password = '' }: { username?: string; password?: string },
) {
  const one = async (command: Command): Promise<Reply> => {
    const { users } = node.now;
    if (users.get(username)?.has(password) !== true)
      return { ok: false, error: 'WRONGPASS invalid username-password pair or user is disabled.' };
    await cut.fuse.burn(`${node.name} ${command.join(' ')}`);
    node.take(command);
    return { ok: true, value: 'OK' };
  };
  return {
    ask: async (commands: Readonly<Record<string, Command>>) => {
      const replies: [string, Reply][] = [];
      for (const [key, command] of Object.entries(commands))
        replies.push([key, await one(command)]);
      return Object.fromEntries(replies);
    },
    call: async (...command: Command) => {
      const reply = await one(command);
      if (!reply.ok) throw new Error(reply.error);
      return reply.value;
    },
    close: () => undefined,
  };
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

jest.setTimeout(60_000);

describe.each([
  ['one password', false],
  ['a password for each user', true],
])('a rotation of %s that is killed before anything that it does', (_, acl) => {
  /** What a rotation does, in its order. */
  async function whole(): Promise<readonly string[]> {
    const world = await World.make(acl);
    await world.rotate();
    expect(await world.shutOut()).toEqual([]);
    await world.remove();
    return cut.fuse.done;
  }

  async function killedAt(at: number): Promise<World> {
    const world = await World.make(acl);
    cut.fuse = new Fuse(at);
    expect(await cut.fuse.over(world.rotate())).toBe('killed');
    cut.fuse = new Fuse();
    return world;
  }

  it('shuts nobody out, whoever starts again, and the next up ends it, killed or not', async () => {
    const done = await whole();
    expect(done.filter((each) => each.startsWith('re')).length).toBeGreaterThan(4);
    for (const [at, next] of done.entries()) {
      const world = await killedAt(at);
      world.nodes[at % world.nodes.length]?.restart();
      expect([next, await world.shutOut()]).toEqual([next, []]);
      const isNew = await expectRecorded(world, next);
      cut.fuse = new Fuse((at * 7) % 40);
      await cut.fuse.over(world.up());
      cut.fuse = new Fuse();
      for (const node of world.nodes) node.restart();
      expect([next, await world.shutOut()]).toEqual([next, []]);
      await world.up();
      await expectEnded(world, next, isNew);
      await world.remove();
    }
  });

  /** What has begun is in the record; true when it has, or has ended. */
  async function expectRecorded(world: World, next: string): Promise<boolean> {
    const unfinished = await world.unfinished();
    const isChanged = world.passwords().some((password) => !password.startsWith('old'));
    if (unfinished !== undefined) {
      expect([next, unfinished]).toEqual([next, { rotating: 'password' }]);
      return true;
    }
    expect([next, isChanged]).toEqual([next, (await world.kept()).app === NEW]);
    return isChanged;
  }

  async function expectEnded(world: World, next: string, isNew: boolean): Promise<void> {
    expect([next, await world.shutOut()]).toEqual([next, []]);
    expect([next, await world.unfinished()]).toEqual([next, undefined]);
    expect([next, await isThere(join(world.home, 'lab', 'secrets.next'))]).toEqual([next, false]);
    expect([next, (await world.kept()).app === NEW]).toEqual([next, isNew]);
    const olds = world.passwords().filter((each) => each.startsWith('old'));
    expect([next, olds.length > 0]).toEqual([next, !isNew]);
    for (const { now, saved } of world.nodes) expect(now).toEqual(saved);
  }

  it('is not forgotten by a rotation of the certificates', async () => {
    const world = await killedAt(8);
    await expect(rotateCertificates(world.context, 'lab', 1000)).rejects.toMatchObject({
      kind: 'refused',
      hint: expect.stringContaining('rsent up lab'),
    });
    expect(await world.unfinished()).toEqual({ rotating: 'password' });
    expect(await isThere(join(world.home, 'lab', 'secrets.next'))).toBe(true);
    await world.remove();
  });
});
