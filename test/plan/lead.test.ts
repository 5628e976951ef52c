import fc from 'fast-check';
import type { ContainerState, Unfinished } from '../../src/model/topology.js';
import type { Rest } from '../../src/plan/at-rest.js';
import { type Holding, leadOf, type Memory, type Standing } from '../../src/plan/lead.js';
import type { Tail } from '../../src/plan/tails.js';
import type { UpFacts } from '../../src/plan/up-facts.js';
import { type Holdings, withLead } from '../../src/plan/up-lead.js';
import { upPlan } from '../../src/plan/up-plan.js';
import { nodeNamed } from '../helpers/topology.js';
import {
  ancestors,
  ids,
  made,
  names,
  record,
  redisNames,
  sentinelNames,
  stepsOfKind,
} from '../helpers/up-facts.js';

const NOTHING: Holding = { is: 'nothing' };
const EMPTY: Holding = { is: 'empty' };
const data = (bytes: number, writtenAt = 0): Holding => ({ is: 'data', bytes, writtenAt });

/** Data nodes with these on disk; nobody runs. */
function atRest(...disks: readonly Holding[]): Standing[] {
  return disks.map((disk, i) => ({
    ...{ disk, stays: false, appendOnly: true },
    node: nodeNamed(record, `redis-${i + 1}`),
  }));
}

const lead = (standings: readonly Standing[], hadData = true) =>
  leadOf(standings, nodeNamed(record, 'redis-1').address, hadData);

describe('who is to be master', () => {
  it.each([
    ['it has anything, however little', [data(1), data(999, 9e9), data(999, 9e9)], 'last'],
    ['nobody has anything and nobody had', [NOTHING, NOTHING, NOTHING], 'last'],
    ['all are empty', [EMPTY, EMPTY, EMPTY], 'last'],
  ] as const)('is the last master when %s', (_, disks, expected) => {
    expect(lead(atRest(...disks), false).is).toBe(expected);
  });

  it.each([
    ['it has nothing', NOTHING],
    ['its files are empty', EMPTY],
  ])('is another one when %s', (_, disk) => {
    const other = { is: 'other', node: { name: 'redis-3' }, bytes: 7 };
    expect(lead(atRest(disk, NOTHING, data(7)))).toMatchObject(other);
  });

  it('is the one that was written last, and of those of one second the largest', () => {
    const second = lead(atRest(NOTHING, data(10, 5000), data(99, 3999)));
    expect(second).toMatchObject({ node: { name: 'redis-2' } });
    const third = lead(atRest(NOTHING, data(10, 5900), data(99, 5000)));
    expect(third).toMatchObject({ node: { name: 'redis-3' } });
  });

  it('is nobody when all that had data have no file left', () => {
    expect(lead(atRest(NOTHING, NOTHING, NOTHING))).toMatchObject({
      is: 'nobody',
      why: expect.stringContaining('no data node has any data file left'),
    });
  });

  it('is nobody while somebody has its data in memory only', () => {
    const [first, second, third] = atRest(NOTHING, NOTHING, data(3));
    const running: Standing = { ...second!, memory: 'keys', stays: true };
    expect(lead([first!, running, third!])).toMatchObject({
      is: 'nobody',
      why: expect.stringContaining('redis-2 has its data in memory only'),
    });
  });

  it('is the last master that goes on with its data in memory', () => {
    const [first, second] = atRest(NOTHING, data(3));
    expect(lead([{ ...first!, memory: 'keys', stays: true }, second!]).is).toBe('last');
  });

  it('is nobody when the master began with nothing after all others were last written', () => {
    const began = (beganEmptyAt: number): Holding => ({
      ...{ is: 'data', bytes: 1, writtenAt: 9e6, beganEmptyAt },
    });
    expect(lead(atRest(began(8e6), data(99, 7e6), data(98, 6e6)))).toMatchObject({
      is: 'nobody',
      why: expect.stringMatching(/redis-1, the master, began with nothing.*redis-2 and redis-3/),
      fix: expect.stringMatching(/--rebuild redis-1\. .*--rebuild redis-2,redis-3\./),
    });
    // One of them has followed it since, or they began in one second.
    for (const other of [8e6, 8e6 + 400, 8.5e6])
      expect(lead(atRest(began(8e6 + 999), data(99, other), data(98, 6e6))).is).toBe('last');
    expect(lead(atRest(began(8e6), NOTHING, EMPTY)).is).toBe('last');
  });

  describe('by what is remembered from when all was stopped', () => {
    type Memory = readonly [Rest['since'] | undefined, inSync?: boolean];
    const resting = (master: string, disks: readonly Holding[], ...memories: readonly Memory[]) =>
      atRest(...disks).map((each, i): Standing => {
        const [since, inSync = true] = memories[i] ?? [undefined];
        const wasMaster = each.node.name === master;
        return since === undefined ? each : { ...each, rest: { since, inSync, wasMaster } };
      });
    const ALL = [data(9), data(9), data(9)];

    it('is nobody when the files of the master have become less, and others have theirs', () => {
      expect(lead(resting('redis-1', ALL, ['less'], ['same'], ['more']))).toMatchObject({
        is: 'nobody',
        why: expect.stringMatching(
          /redis-1, the master, are older or shorter.*redis-2 and redis-3/,
        ),
        fix: expect.stringMatching(/--rebuild redis-1\. .*--rebuild redis-2,redis-3\./),
      });
    });

    it.each<[string, Standing[]]>([
      [
        'all have less, as when all is an older copy',
        resting('redis-1', ALL, ['less'], ['less'], ['less']),
      ],
      ['nothing is known of the others', resting('redis-1', ALL, ['less'])],
      [
        'a server has gone on with its files',
        resting('redis-1', ALL, ['more'], ['same'], ['same']),
      ],
      [
        'it runs',
        resting('redis-1', ALL, ['less'], ['same']).map((each, i) => ({ ...each, stays: i === 0 })),
      ],
      [
        'the others have nothing',
        resting('redis-1', [data(9), NOTHING, NOTHING], ['less'], [undefined], [undefined]),
      ],
    ])('is the last master when %s', (_, standings) => {
      expect(lead(standings).is).toBe('last');
    });

    it('is who was master then, where nothing was written since and confs name another one', () => {
      expect(lead(resting('redis-3', ALL, ['same'], ['same'], ['same']))).toMatchObject({
        ...{ is: 'other', node: { name: 'redis-3' }, wasMaster: true },
      });
      expect(lead(resting('redis-3', ALL, ['more'], ['same'], ['same'])).is).toBe('last');
      expect(lead(resting('redis-1', ALL, ['same'], ['same'], ['same'])).is).toBe('last');
    });

    it('is one that had all, where the master has nothing', () => {
      const disks = [NOTHING, data(9, 9e6), data(9, 3e6)];
      const found = (...memories: Memory[]) => lead(resting('redis-1', disks, ...memories));
      const untouched = found([undefined], ['same', false], ['same']);
      expect(untouched).toMatchObject({ is: 'other', node: { name: 'redis-3' } });
      const wentOn = found([undefined], ['more', false], ['same']);
      expect(wentOn).toMatchObject({ is: 'other', node: { name: 'redis-2' } });
    });
  });

  describe('by the ends of the append-only files', () => {
    const tail = (text: string): Tail => ({
      ...{ commands: [...text], form: 'parts', isWhole: true, beganAt: 0, hasOwnTimes: true },
      ...{ addedAt: 9e6, writtenAt: 9e6 },
    });
    const ending = (...texts: readonly string[]) =>
      atRest(data(9), data(9), data(9)).map((each, i) => ({ ...each, tail: tail(texts[i] ?? '') }));

    it('is the replica that goes furthest beyond the master', () => {
      const expected = { is: 'other', node: { name: 'redis-3' }, missing: 2 };
      expect(lead(ending('ab', 'abc', 'abcd'))).toMatchObject(expected);
      expect(lead(ending('abcd', 'abc', 'abcd')).is).toBe('last');
    });

    it('is nobody when replicas have something else', () => {
      expect(lead(ending('ab', 'cd', 'cd'))).toMatchObject({
        is: 'nobody',
        why: expect.stringContaining('redis-2 and redis-3 have commands that'),
        fix: expect.stringMatching(/--rebuild redis-1\. .*--rebuild redis-2,redis-3\./),
      });
    });

    it('is the last master that runs', () => {
      const [first, ...others] = ending('ab', 'abc');
      expect(lead([{ ...first!, stays: true, memory: 'keys' }, ...others]).is).toBe('last');
    });
  });

  it('is nobody when the master runs without files and cannot be asked', () => {
    const [first, second] = atRest(EMPTY, data(3));
    expect(lead([{ ...first!, memory: 'unknown', stays: true }, second!]).is).toBe('nobody');
  });
});

/** What happens to the files of a topology in its life, in seconds that follow each other or are the same. */
const anEvent = fc.record({
  what: fc.constantFrom('write', 'rewrite', 'cut', 'link', 'promote', 'copy', 'reset', 'restore'),
  node: fc.nat({ max: 2 }),
  after: fc.constantFrom(0, 1, 60),
});

/** Files of three nodes; those that are linked hear their master. */
class Life {
  now = 1000;
  master = 0;
  readonly linked = new Set([0, 1, 2]);
  files = [0, 1, 2].map(() => this.#begun());

  #begun() {
    return { began: this.now as number | undefined, written: this.now, bytes: 0 };
  }

  /** A replica that is synchronized takes over all, and rewrites its files. */
  #sync(node: number): void {
    if (node === this.master) return;
    const { bytes } = this.files[this.master]!;
    this.files[node] = { began: undefined, written: this.now, bytes };
  }

  has(what: string, node: number): void {
    const heard = [0, 1, 2].filter((each) => each === this.master || this.linked.has(each));
    if (what === 'write')
      for (const each of heard) {
        this.files[each]!.written = this.now;
        this.files[each]!.bytes++;
      }
    else if (what === 'rewrite') this.files[node]!.began = undefined;
    else if (what === 'cut') this.linked.delete(node);
    else if (what === 'link') {
      this.linked.add(node);
      this.#sync(node);
    } else if (what === 'promote' && this.linked.has(node)) {
      this.linked.add(this.master);
      this.master = node;
      for (const each of heard) this.#sync(each);
    } else if (what === 'copy') this.#copied();
    else if (what === 'reset') this.#again(0);
    else if (what === 'restore') this.#again(50);
  }

  /** Into another data home, with all times lost. */
  #copied(): void {
    for (const each of this.files) {
      each.written = this.now;
      if (each.began !== undefined) each.began = Math.min(each.began, this.now);
    }
  }

  #again(bytes: number): void {
    this.files = [0, 1, 2].map(() => this.#begun());
    this.files[this.master]!.bytes = bytes;
    if (bytes > 0) this.files[this.master]!.began = undefined;
    for (const each of [0, 1, 2]) {
      this.linked.add(each);
      this.#sync(each);
    }
  }

  standings(): Standing[] {
    const disks = this.files.map(({ began, written, bytes }): Holding => {
      if (bytes === 0) return EMPTY;
      const beganEmptyAt = began === undefined ? {} : { beganEmptyAt: began * 1000 };
      return { is: 'data', bytes, writtenAt: written * 1000, ...beganEmptyAt };
    });
    return atRest(...disks);
  }

  /** Whom the confs name. */
  lead() {
    return leadOf(this.standings(), nodeNamed(record, `redis-${this.master + 1}`).address, true);
  }
}

describe('whoever was master last, whatever its topology has been through', () => {
  const events = fc.array(anEvent, { maxLength: 25 });
  const lived = (all: readonly { what: string; node: number; after: number }[]) => {
    const life = new Life();
    for (const { what, node, after } of all) {
      life.now += after;
      life.has(what, node);
    }
    return life;
  };

  it('is never taken for one that began later than the others', () => {
    fc.assert(
      fc.property(events, (all) => {
        expect(lived(all).lead().is).not.toBe('nobody');
      }),
      { numRuns: 2000 },
    );
  });

  it('is told from the others when it then lost its data, and began with nothing', () => {
    fc.assert(
      fc.property(events, fc.nat({ max: 5 }), (all, writes) => {
        const life = lived([...all, { what: 'write', node: 0, after: 0 }]);
        life.now += 1;
        life.files[life.master] = { began: life.now, written: life.now, bytes: 0 };
        life.linked.clear();
        for (let i = 0; i < writes; i++) life.has('write', 0);
        const others = life.files.filter((each, i) => i !== life.master && each.bytes > 0);
        if (others.length > 0) expect(life.lead().is).toBe(writes > 0 ? 'nobody' : 'other');
      }),
      { numRuns: 2000 },
    );
  });
});

const RESTS: readonly ContainerState[] = ['exited', 'created', 'dead'];
const aHolding = fc.oneof(
  fc.constant(NOTHING),
  fc.constant(EMPTY),
  fc.record({ is: fc.constant('data' as const), bytes: fc.nat(), writtenAt: fc.nat() }),
);
const aState = fc.option(
  fc.constantFrom<ContainerState>('running', 'paused', 'restarting', ...RESTS),
  { nil: undefined },
);
const aMemory = fc.constantFrom<Memory>('keys', 'no-keys', 'unknown');
const UNFINISHED: readonly Unfinished[] = [
  {},
  { remaking: true },
  { joining: ['redis-3'] },
  { upgradingFrom: 'x:1' },
];

/** Any topology that was made before, whatever became of it. */
const aSituation = fc.record({
  disks: fc.array(aHolding, { minLength: 3, maxLength: 3 }),
  memories: fc.array(aMemory, { minLength: 3, maxLength: 3 }),
  states: fc.array(aState, { minLength: names.length, maxLength: names.length }),
  master: fc.constantFrom(...redisNames),
  confs: fc.subarray(names),
  bare: fc.subarray(names),
  rebuilding: fc.subarray(redisNames, { maxLength: 1 }),
  unfinished: fc.constantFrom(...UNFINISHED),
  networkExists: fc.boolean(),
  proven: fc.boolean(),
});
type Situation = typeof aSituation extends fc.Arbitrary<infer T> ? T : never;

function factsIn(at: Situation): { given: UpFacts; holdings: Holdings } {
  const { address } = nodeNamed(record, at.master);
  const byName = <T>(all: readonly string[], values: readonly (T | undefined)[]) =>
    new Map(
      all.flatMap((name, i) => (values[i] === undefined ? [] : [[name, values[i]!] as const])),
    );
  const given = made('exited', {
    record: { ...record, unfinished: at.unfinished, ...(at.proven ? { proven: true } : {}) },
    containers: byName(names, at.states),
    networkExists: at.networkExists,
    master: address,
    keptRedis: new Map(
      redisNames
        .filter((name) => at.confs.includes(name))
        .map((name) => [name, name === at.master ? {} : { replicaOf: address }]),
    ),
    keptSentinels: new Set(sentinelNames.filter((name) => at.confs.includes(name))),
    watched: new Map(sentinelNames.map((name) => [name, address])),
    ...{ bare: new Set(at.bare), rebuilding: new Set(at.rebuilding) },
  });
  return {
    given,
    holdings: {
      disks: byName(redisNames, at.disks),
      memories: byName(redisNames, at.memories),
      appendOnly: new Set(redisNames),
    },
  };
}

describe('a plan, whatever the data nodes have and whatever runs', () => {
  it('never has a node with data follow one that has none', () => {
    fc.assert(
      fc.property(aSituation, (at) => {
        const { given, holdings } = factsIn(at);
        const led = withLead(given, holdings);
        if (led.is !== 'ready') return;
        const { facts } = led;
        const starting = startedBy(upPlan(facts));
        const joining: readonly string[] = at.unfinished.joining ?? [];
        const has = (name: string) => hasData(name, at, starting);
        const master = redisNames.find((name) => nodeNamed(record, name).address === facts.master)!;
        const losing = redisNames.filter(
          (name) => name !== master && starting.has(name) && !joining.includes(name),
        );
        const emptied = losing.filter(has);
        if (!has(master)) expect([at.master, master, emptied]).toEqual([at.master, master, []]);
        // An empty master that starts would empty those that run, too.
        if (starting.has(master) && !has(master))
          expect(redisNames.filter((name) => !joining.includes(name) && has(name))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('ends all that runs before another node becomes master', () => {
    fc.assert(
      fc.property(aSituation, (at) => {
        const { given, holdings } = factsIn(at);
        const led = withLead(given, holdings);
        if (led.is !== 'calm-first') return;
        const ended = [
          ...stepsOfKind(led.plan, 'kill-container'),
          ...stepsOfKind(led.plan, 'stop-container'),
        ].map(({ container }) => container);
        const running = names.filter((_, i) => {
          const state = at.states[i];
          return state !== undefined && !RESTS.includes(state);
        });
        expect(ended.sort()).toEqual(running.map((name) => `lab-${name}`).sort());
        const again = withLead(led.facts, { ...holdings, memories: new Map() });
        expect(again.is).toBe('ready');
      }),
      { numRuns: 500 },
    );
  });
});

function startedBy(plan: ReturnType<typeof upPlan>): Set<string> {
  return new Set(stepsOfKind(plan, 'start-container').map(({ container }) => container.slice(4)));
}

/** What it will have when the plan has been carried out and before it follows anybody. */
function hasData(name: string, at: Situation, starting: ReadonlySet<string>): boolean {
  const i = redisNames.indexOf(name);
  if (at.rebuilding.includes(name)) return false;
  const state = at.states[names.indexOf(name)];
  const isOn = state !== undefined && !RESTS.includes(state);
  if (isOn && !starting.has(name)) return at.memories[i] === 'keys' || at.disks[i]?.is === 'data';
  return at.disks[i]?.is === 'data';
}

describe('the plan for another master', () => {
  const sleeping = (changes: Partial<UpFacts> = {}) =>
    made('exited', { epochs: { config: 4, current: 5 }, ...changes });
  const holdings = (...disks: readonly Holding[]): Holdings => ({
    disks: new Map(redisNames.map((name, i) => [name, disks[i] ?? NOTHING])),
    memories: new Map(),
    appendOnly: new Set(redisNames),
  });
  const watched = new Map(
    sentinelNames.map((name) => [name, nodeNamed(record, 'redis-1').address]),
  );

  it('has all confs say so, from a later epoch on than anyone knows', () => {
    const led = withLead(sleeping({ watched }), holdings(NOTHING, data(5), data(4)));
    if (led.is !== 'ready') throw new Error(led.is);
    const plan = upPlan(led.facts);
    const { address } = nodeNamed(record, 'redis-2');
    const follows = stepsOfKind(plan, 'follow-master').map(({ path, master }) => [path, master]);
    expect(follows).toEqual([
      ['/data/lab/redis-1/conf/redis.conf', address],
      ['/data/lab/redis-2/conf/redis.conf', undefined],
      ['/data/lab/redis-3/conf/redis.conf', address],
    ]);
    const told = stepsOfKind(plan, 'monitor-master');
    expect(told).toHaveLength(sentinelNames.length);
    for (const step of told)
      expect(step).toMatchObject({ master: address, epochs: { config: 6, current: 6 } });
    const starts = ids(plan).filter((id) => /^start:redis/.test(id));
    expect(starts[0]).toBe('start:redis-2');
  });

  it('has a Sentinel that missed a failover watch the present master', () => {
    const { address } = nodeNamed(record, 'redis-2');
    const late = new Map([...watched, ['sentinel-1', address]]);
    const plan = upPlan(sleeping({ master: address, watched: late }));
    expect(stepsOfKind(plan, 'monitor-master').map(({ id }) => id)).toEqual([
      'conf:sentinel-2',
      'conf:sentinel-3',
    ]);
  });

  it('keeps what a node has that is rebuilt, and gives it a new container', () => {
    const facts = made('running', {
      rebuilding: new Set(['redis-2']),
      asideAs: 'data.broken-20261130T150102',
    });
    const led = withLead(facts, holdings(data(5), data(4), data(4)));
    if (led.is !== 'ready') throw new Error(led.is);
    const plan = upPlan(led.facts);
    expect(ids(plan)).toEqual(
      expect.arrayContaining(['remove:redis-2', 'aside:redis-2', 'directory:redis-2/data']),
    );
    expect([...ancestors(plan, 'start:redis-2')]).toEqual(
      expect.arrayContaining(['remove:redis-2', 'aside:redis-2', 'directory:redis-2/data']),
    );
    expect(stepsOfKind(plan, 'set-aside')).toMatchObject([
      { path: '/data/lab/redis-2/data', to: '/data/lab/redis-2/data.broken-20261130T150102' },
    ]);
    expect(ids(plan).some((id) => /^(start|remove):(redis-[13]|sentinel)/.test(id))).toBe(false);
  });

  it('has nobody rebuilt when no other node has data', () => {
    const facts = sleeping({ rebuilding: new Set(['redis-1']) });
    expect(withLead(facts, holdings(data(9), NOTHING, EMPTY))).toMatchObject({
      is: 'nobody',
      why: expect.stringContaining('redis-1 cannot be rebuilt'),
    });
  });

  it('has a node rebuilt that has nothing of its own, though nobody has anything', () => {
    const facts = sleeping({ rebuilding: new Set(['redis-1']) });
    expect(withLead(facts, holdings(EMPTY, EMPTY, EMPTY)).is).toBe('ready');
    const held = { ...holdings(NOTHING, EMPTY, EMPTY) };
    const memories = new Map([['redis-1', 'keys' as const]]);
    const running = made('running', { rebuilding: new Set(['redis-1']) });
    expect(withLead(running, { ...held, memories }).is).toBe('nobody');
  });

  it('has all come back first that have no files and may have the only data in memory', () => {
    const containers = new Map(
      names.map((name) => [name, name === 'redis-1' ? ('exited' as const) : ('paused' as const)]),
    );
    const memories = new Map(['redis-2', 'redis-3'].map((name) => [name, 'unknown' as const]));
    const led = withLead(made('running', { containers }), {
      ...holdings(NOTHING, NOTHING, NOTHING),
      memories,
    });
    if (led.is !== 'wake-first') throw new Error(led.is);
    expect(led.plan.steps.map(({ id }) => id)).toEqual(['start:redis-2', 'start:redis-3']);
    const kept = new Map<string, Memory>(memories).set('redis-2', 'keys');
    const running = made('running', {
      containers: new Map([...containers, ['redis-2', 'running' as const]]),
    });
    expect(
      withLead(running, { ...holdings(NOTHING, NOTHING, NOTHING), memories: kept }),
    ).toMatchObject({
      is: 'nobody',
      why: expect.stringContaining('redis-2 has its data in memory only'),
    });
  });

  it.each([
    ['paused', { containers: new Map([['redis-2', 'paused' as const]]) }, true],
    ['on no network', { cut: new Set(['redis-2']) }, true],
    ['running, and follows the master', { strayed: new Set(['redis-2']) }, true],
    ['running, and may be a master', {}, false],
  ])('has a replica without its directory remade that is %s', (_, given, isRemade) => {
    const facts = made('running', { ...given, bare: new Set(['redis-2']) });
    const led = withLead(facts, holdings(data(5), NOTHING, data(5)));
    if (led.is !== 'ready') throw new Error(led.is);
    const plan = upPlan(led.facts);
    expect(ids(plan).includes('remove:redis-2')).toBe(isRemade);
    const start = plan.steps.find(({ id }) => id === 'start:redis-2');
    expect(start?.kind).toBe(isRemade ? 'start-container' : undefined);
  });

  it.each([
    ['paused', { containers: new Map([['redis-1', 'paused' as const]]) }, ['start:redis-1']],
    ['on no network', { cut: new Set(['redis-1']) }, ['heal:redis-1']],
  ])('has a last master without files that is %s come back first, alone', (_, facts, steps) => {
    const held = holdings(NOTHING, data(5), data(4));
    const memories = new Map([['redis-1', 'unknown' as const]]);
    const led = withLead(made('running', facts), { ...held, memories });
    if (led.is !== 'wake-first') throw new Error(led.is);
    expect(led.plan.steps.map(({ id }) => id)).toEqual(steps);
  });
});
