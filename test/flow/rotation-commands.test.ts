import {
  forgetting,
  learning,
  saving,
  type Tell,
  unlearning,
  using,
} from '../../src/flow/rotation-commands.js';
import { type Passwords, USERS, type User, usersOf } from '../../src/model/access.js';
import { PasswordNode } from '../helpers/password-node.js';
import { aRecord } from '../helpers/topology.js';

const passwords = (mark: string, acl: boolean) =>
  Object.fromEntries(USERS.map((user) => [user, acl ? `${mark}-${user}` : mark])) as Passwords;

/** A topology in the midst of it: its nodes, and the password files. */
class World {
  readonly acl: boolean;
  readonly files: Record<User, string>;
  readonly nodes: readonly PasswordNode[];

  constructor(acl: boolean) {
    this.acl = acl;
    this.files = { ...passwords('old', acl) };
    this.nodes = aRecord().placement.nodes.map(({ name, kind }) => {
      const known = USERS.filter((user) => kind === 'redis' || user !== 'replication');
      const users = (acl ? known : (['default'] as const)).map(
        (user) => [user, new Set([acl ? `old-${user}` : 'old'])] as const,
      );
      const old = this.files;
      const says: [string, string][] =
        kind === 'redis'
          ? [['masterauth', old.replication]]
          : [
              ['sentinel-pass', old.sentinel],
              ['auth-pass', old.sentinel],
            ];
      return new PasswordNode(name, kind, { users: new Map(users), says: new Map(says) });
    });
  }

  /** Every single thing that is done, in order; the flow's own order of the stages. */
  actions(fresh: Passwords): (() => void)[] {
    const telling = (tells: readonly Tell<PasswordNode>[]) =>
      tells.map(
        ({ node, command }) =>
          () =>
            node.take(command),
      );
    const users = usersOf({ auth: true, acl: this.acl });
    const isKept = users.every((user) => this.files[user] === fresh[user]);
    const { nodes, acl } = this;
    const before = [
      ...telling(learning(nodes, acl, fresh)),
      ...telling(saving(nodes)),
      ...telling(using(nodes, 'mymaster', fresh)),
      ...users.map((user) => () => {
        this.files[user] = fresh[user];
      }),
    ];
    return [...(isKept ? [] : before), ...telling(forgetting(nodes, acl, fresh))];
  }

  /** Who is shut out where, by what is kept and by what nodes say to each other. */
  shutOut(): string[] {
    const name = (user: User) => (this.acl ? user : 'default');
    const opens = (node: PasswordNode, user: User, password: string) =>
      node.now.users.get(name(user))?.has(password) === true;
    return this.nodes.flatMap((node) => [
      ...(['app', 'rsent'] as const)
        .filter((user) => !opens(node, user, this.files[this.acl ? user : 'app']))
        .map((user) => `${user} at ${node.name}`),
      ...this.nodes.flatMap((other) =>
        [...other.now.says]
          .filter(([what]) => (what === 'sentinel-pass') === (node.kind === 'sentinel'))
          .filter(
            ([what, said]) =>
              !opens(node, what === 'masterauth' ? 'replication' : 'sentinel', said),
          )
          .map(([what]) => `${other.name} (${what}) at ${node.name}`),
      ),
    ]);
  }
}

describe.each([
  ['one password', false],
  ['a password for each user', true],
])('a rotation of %s', (_, acl) => {
  const fresh = passwords('new', acl);
  const count = new World(acl).actions(fresh).length;
  const steps = Array.from({ length: count + 1 }, (_, i) => i);

  function killedAfter(done: number): World {
    const world = new World(acl);
    for (const act of world.actions(fresh).slice(0, done)) act();
    return world;
  }

  it('shuts nobody out when it is killed after any step, and any node starts again then', () => {
    for (const done of steps) {
      expect([done, killedAfter(done).shutOut()]).toEqual([done, []]);
      for (const { name } of killedAfter(done).nodes) {
        const world = killedAfter(done);
        world.nodes.find((node) => node.name === name)?.restart();
        expect([done, name, world.shutOut()]).toEqual([done, name, []]);
      }
    }
  });

  it('ends with the new ones alone when it is completed after any step, whatever starts again', () => {
    for (const done of steps) {
      const world = killedAfter(done);
      for (const node of world.nodes) node.restart();
      for (const act of world.actions(fresh)) {
        act();
        expect([done, world.shutOut()]).toEqual([done, []]);
      }
      for (const user of usersOf({ auth: true, acl })) expect(world.files[user]).toBe(fresh[user]);
      for (const { now, saved } of world.nodes) {
        expect(now).toEqual(saved);
        expect([...now.users.values()].flatMap((each) => [...each]).join(' ')).not.toContain('old');
        expect([...now.says.values()].join(' ')).not.toContain('old');
      }
    }
  });

  it('is undone where a node cannot have two', () => {
    const world = killedAfter(0);
    const before = world.nodes.map(({ now }) => now);
    for (const { node, command } of learning(world.nodes, acl, fresh)) node.take(command);
    for (const { node, command } of unlearning(world.nodes, acl, fresh)) node.take(command);
    expect(world.nodes.map(({ now }) => now)).toEqual(before);
  });
});
