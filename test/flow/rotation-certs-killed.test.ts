import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Context } from '../../src/flow/context.js';
import type { Reply } from '../../src/model/observation.js';
import type { NodePlacement, TopologyRecord } from '../../src/model/topology.js';
import type { Command } from '../../src/redis/client.js';
import { cut, cutDisk } from '../helpers/cut-disk.js';
import { Fuse } from '../helpers/fuse.js';
import { quickDirectory } from '../helpers/temp.js';

const disk = await cutDisk();
const { writeRecord, readRecord } = await import('../../src/host/data-home.js');
const { isSignedBy, matches } = await import('../../src/host/certificates.js');
const { issueCertificate, newAuthority } = await import('../../src/host/issue-certificate.js');
const { LOCAL_FILES } = await import('../../src/host/file-store.js');
const { certify, placeCertificate } = await import('../../src/flow/certify.js');
const { exchangeTo } = await import('../../src/flow/exchange-certificate.js');
const { findRecorded } = await import('../../src/flow/find.js');
const { keptCertificate } = await import('../../src/flow/given-certificate.js');
const { rotateCertificates } = await import('../../src/flow/rotate-certs.js');
const { rotatePassword } = await import('../../src/flow/rotate-password.js');
const { finishBegun } = await import('../../src/flow/finish-begun.js');
const { readKept } = await import('../../src/flow/survey.js');
const { Files } = await import('../../src/flow/files.js');
const { Observer } = await import('../../src/flow/observe.js');
const { Clients } = await import('../../src/redis/clients.js');
const { nodeContainer } = await import('../../src/plan/containers.js');
const { upPlan } = await import('../../src/plan/up-plan.js');
const { fromHere, sameAddress } = await import('../../src/model/topology.js');
const { MemoryEngine } = await import('../helpers/memory-engine.js');
const { healthyObservation } = await import('../helpers/observation.js');
const { silentProgress } = await import('../helpers/scene.js');
const { aSecurity } = await import('../helpers/security.js');
const { aRecord } = await import('../helpers/topology.js');
const { facts, stepsOfKind } = await import('../helpers/up-facts.js');

const FILES = ['ca.crt', 'tls.key', 'tls.crt'] as const;
type Pem = Record<(typeof FILES)[number], string>;

const [authority, other] = await Promise.all(
  ['one', 'other'].map((commonName) => newAuthority({ commonName, days: 9 })),
);
if (authority === undefined || other === undefined) throw new Error('no authority');
const issuedBy = async ({ certPem, keyPem }: typeof authority): Promise<Pem> => {
  const names = { commonName: 'lab', dnsNames: ['lab'], ipAddresses: ['127.0.0.1'], days: 5 };
  const issued = await issueCertificate({ certPem, keyPem }, names);
  return { 'ca.crt': certPem, 'tls.key': issued.keyPem, 'tls.crt': issued.certPem };
};
const FIRST = await issuedBy(authority);
const KINDS = [
  { title: 'of its own authority', next: undefined },
  { title: 'of the user, by another authority', next: await issuedBy(other) },
];

/** A node as far as TLS matters: what it shows and whom it believes, from its start or last reload. */
interface TlsNode {
  readonly node: NodePlacement;
  readonly directory: string;
  /** Undefined while it does not run. */
  shows: Pem | undefined;
}

class World {
  readonly home: string;
  readonly next: Pem | undefined;
  readonly record: TopologyRecord;
  readonly nodes: readonly TlsNode[];
  readonly context: Context;
  readonly #memory = new MemoryEngine();

  private constructor(home: string, next: Pem | undefined) {
    this.home = home;
    this.next = next;
    const security = aSecurity({ tls: true, ...(next ? { givenCertificate: true as const } : {}) });
    this.record = aRecord({ replicas: 1, sentinels: 1, quorum: 1, security });
    this.nodes = this.record.placement.nodes.map((node) => ({
      ...{ node, directory: join(home, 'lab', node.folder, 'conf'), shows: FIRST },
    }));
    const { engine } = this.#memory;
    const { signal } = new AbortController();
    this.context = {
      ...{ engine, home, signal, progress: silentProgress(), files: new Files(engine, home) },
    } as Context;
  }

  static async make(next: Pem | undefined): Promise<World> {
    cut.fuse = new Fuse();
    const world = new World(await quickDirectory(), next);
    const base = join(world.home, 'lab');
    for (const directory of [base, ...world.nodes.map((each) => each.directory)]) {
      await disk.makeDirectory(directory, 0o700);
      for (const name of FILES) await writeFile(join(directory, name), FIRST[name]);
    }
    if (!next) await writeFile(join(base, 'ca.key'), authority?.keyPem ?? '');
    await writeRecord(world.home, world.record);
    const given = facts({ record: world.record, directory: base });
    for (const { node } of world.nodes) {
      await world.#memory.engine.createContainer(nodeContainer(node, given));
      await world.#memory.engine.startContainer(node.container);
    }
    world.#listen();
    cut.fuse = new Fuse();
    return world;
  }

  #listen(): void {
    const look = async () => healthyObservation(this.record);
    jest.spyOn(Observer.prototype, 'look').mockImplementation(look);
    jest.spyOn(Clients.prototype, 'at').mockImplementation((address) => {
      const at = this.nodes.find(({ node }) => sameAddress(fromHere(node.published), address));
      if (at === undefined) throw new Error(`nobody is at ${address.ip}:${address.port}`);
      return clientOf(at) as unknown as ReturnType<(typeof Clients)['prototype']['at']>;
    });
    this.#memory.onChange = (change) => {
      const [verb, name] = change.split(' ');
      const at = this.nodes.find(({ node }) => node.container === name);
      if (at && verb === 'stop') at.shows = undefined;
    };
    const { engine } = this.#memory;
    const { stopContainer, startContainer } = engine;
    engine.stopContainer = async (...args) => {
      await cut.fuse.burn(`stop ${args[0]}`);
      return stopContainer.apply(engine, args);
    };
    engine.startContainer = async (name) => {
      await cut.fuse.burn(`start ${name}`);
      await startContainer.call(engine, name);
      const at = this.nodes.find(({ node }) => node.container === name);
      if (at) await restart(at);
    };
  }

  async rotate(): Promise<void> {
    if (this.next === undefined) return rotateCertificates(this.context, 'lab', 1000);
    const known = await findRecorded(this.context, 'lab');
    return exchangeTo(this.context, known, 1000, givenOf(this.next));
  }

  async kept(): Promise<TopologyRecord> {
    return (await readRecord(this.home, 'lab')) ?? this.record;
  }

  /** `up` as far as certificates matter: what its plan places, then what it completes. */
  async up(): Promise<void> {
    const record = await this.kept();
    const directory = join(this.home, 'lab');
    const { certified } = await readKept(record, directory, LOCAL_FILES);
    const containers = new Map(
      this.nodes.map(({ node, shows }) => [node.name, shows ? 'running' : 'exited'] as const),
    );
    const there = { recorded: true, networkExists: true, hasAuthority: true, containers };
    const plan = upPlan(facts({ record, directory, certified, ...there }));
    for (const step of stepsOfKind(plan, 'issue-certificate'))
      await certify(step, authority as NonNullable<typeof authority>, LOCAL_FILES);
    for (const step of stepsOfKind(plan, 'write-certificate'))
      await placeCertificate(step, await keptCertificate(this.home, 'lab'), LOCAL_FILES);
    for (const each of this.nodes) if (each.shows === undefined) await restart(each);
    expect(this.nodes.filter(({ shows }) => shows === undefined)).toEqual([]);
    await finishBegun(this.context, record, 1000);
  }

  /** Who does not believe whom: nodes each other, or a client that has what is kept for it. */
  async doubts(): Promise<string[]> {
    const ca = await readFile(join(this.home, 'lab', 'ca.crt'), 'utf8');
    const client = { node: { name: 'a client' }, shows: { 'ca.crt': ca } };
    return [...this.nodes, client].flatMap(({ node, shows }) =>
      this.nodes.flatMap((shown) => {
        if (shows === undefined || shown.shows === undefined) return [];
        const isBelieved = isSignedBy(shown.shows['tls.crt'], shows['ca.crt']);
        return isBelieved ? [] : [`${node.name} does not believe ${shown.node.name}`];
      }),
    );
  }

  async remove(): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
  }
}

function givenOf(pem: Pem) {
  return { certPem: pem['tls.crt'], keyPem: pem['tls.key'], caPem: pem['ca.crt'] };
}

/** What lies in its directory; undefined when no server would take it (tls.c, tlsConfigure). */
async function filesOf({ directory }: TlsNode): Promise<Pem | undefined> {
  const texts = await Promise.all(FILES.map((name) => readFile(join(directory, name), 'utf8')));
  const [ca = '', key = '', cert = ''] = texts;
  return matches(cert, key) ? { 'ca.crt': ca, 'tls.key': key, 'tls.crt': cert } : undefined;
}

async function restart(at: TlsNode): Promise<void> {
  at.shows = await filesOf(at);
}

function clientOf(at: TlsNode) {
  const one = async (command: Command): Promise<Reply> => {
    if (at.shows === undefined) return { ok: false, error: 'connection refused' };
    if (command[0] === 'INFO') return { ok: true, value: 'redis_version:7.4.0\r\n' };
    await cut.fuse.burn(`${at.node.name} ${command.join(' ')}`);
    const files = await filesOf(at);
    if (files === undefined) return { ok: false, error: 'ERR Unable to update TLS configuration' };
    at.shows = files;
    return { ok: true, value: 'OK' };
  };
  return {
    ask: async (commands: Readonly<Record<string, Command>>) => {
      const entries = Object.entries(commands).map(async ([key, each]) => [key, await one(each)]);
      return Object.fromEntries(await Promise.all(entries));
    },
    call: async (...command: Command) => {
      const reply = await one(command);
      if (!reply.ok) throw new Error(reply.error);
      return reply.value;
    },
    close: () => undefined,
  };
}

jest.setTimeout(60_000);

describe.each(KINDS)(
  'a rotation of certificates $title, killed before anything that it does',
  ({ next }) => {
    async function killedAt(at: number): Promise<World> {
      const world = await World.make(next);
      cut.fuse = new Fuse(at);
      expect(await cut.fuse.over(world.rotate())).toBe('killed');
      cut.fuse = new Fuse();
      return world;
    }

    it('leaves all believing each other, and the next up ends it, killed or not, whoever has started again', async () => {
      const whole = await World.make(next);
      await whole.rotate();
      const { done } = cut.fuse;
      expect(await whole.doubts()).toEqual([]);
      await whole.remove();
      expect(done.filter((each) => each.startsWith('edit')).length).toBeGreaterThan(5);
      for (const [at, what] of done.entries()) {
        const world = await killedAt(at);
        expect([what, await world.doubts()]).toEqual([what, []]);
        const isRecorded = (await world.kept()).unfinished?.rotating === 'certificates';
        for (const each of world.nodes) await restart(each);
        expect([what, await world.doubts()]).toEqual([what, []]);
        cut.fuse = new Fuse((at * 5) % 30);
        await cut.fuse.over(world.up());
        cut.fuse = new Fuse();
        await world.up();
        expect([what, await world.doubts()]).toEqual([what, []]);
        expect([what, (await world.kept()).unfinished]).toEqual([what, undefined]);
        const news = world.nodes.filter(({ shows }) => shows?.['tls.crt'] !== FIRST['tls.crt']);
        expect([what, news.length]).toEqual([what, isRecorded || at > 2 ? world.nodes.length : 0]);
        await world.remove();
      }
    });

    it('is not forgotten by a rotation of the password', async () => {
      const world = await killedAt(6);
      const options = { graceMs: 0, timeoutMs: 1000 };
      await expect(rotatePassword(world.context, 'lab', options)).rejects.toMatchObject({
        kind: 'refused',
        hint: expect.stringContaining('rsent up lab'),
      });
      expect((await world.kept()).unfinished).toEqual({ rotating: 'certificates' });
      await world.remove();
    });
  },
);
