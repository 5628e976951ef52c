import { LABEL } from '../../src/model/constants.js';
import type { Labels } from '../../src/model/container.js';
import type { RecordState } from '../../src/model/prune.js';
import { decidePrune, pruneSteps } from '../../src/plan/prune.js';
import { claimedDirectories } from '../../src/plan/prune-claims.js';
import type { PruneFacts } from '../../src/plan/prune-facts.js';
import {
  containerWith,
  entryOf,
  FOUND,
  HELPER,
  HOME,
  ME,
  networkOf,
  nodeOf,
  OWN,
  onlyOrphan,
  orphanNames,
  partOf,
  probeOf,
  pruneFacts,
  recordsAt,
  volumeOf,
} from '../helpers/prune.js';
import { anId, aRecord } from '../helpers/topology.js';

const ELSEWHERE = '/tmp/other/lab';
const all = (directory: string) => ({
  containers: [nodeOf('redis-1', directory), partOf('pod', directory), partOf('files', directory)],
  networks: [networkOf('lab-net', directory)],
  volumes: [volumeOf('redis-1', directory)],
});
/** The same by this origin; undefined: of before there was one. */
const by = (origin: string | undefined, things: ReturnType<typeof all>) => {
  const signed = <T extends { readonly labels: Labels }>({ labels, ...thing }: T) => {
    const { [LABEL.origin]: _, ...others } = labels;
    return { ...thing, labels: { ...others, ...(origin ? { [LABEL.origin]: origin } : {}) } };
  };
  return {
    containers: things.containers.map(signed),
    networks: things.networks.map(signed),
    volumes: things.volumes.map(signed),
  };
};
const decide = (changes: Partial<PruneFacts>) => decidePrune(pruneFacts(changes), true);
const whys = (changes: Partial<PruneFacts>) => decide(changes).kept.map(({ why }) => why);

describe('a topology without a record in this data home', () => {
  it('is orphaned with all that it has', () => {
    expect(orphanNames(pruneFacts(all(OWN)))).toEqual([
      ...[HELPER, 'lab-pod', 'lab-redis-1', 'lab-net', 'lab-redis-1-files'],
    ]);
  });

  it('is so in whatever state its containers are, which is told', () => {
    for (const state of ['created', 'running', 'paused', 'exited', 'dead'] as const)
      expect(onlyOrphan(pruneFacts({ containers: [nodeOf('redis-1', OWN, { state })] }))).toEqual({
        ...{ kind: 'container', id: 'id of lab-redis-1', name: 'lab-redis-1', topology: 'lab' },
        ...{ state, part: 'redis', why: `there is no record of it in ${HOME}` },
      });
  });

  it('keeps its volumes where data is not to be removed, and says how they go', () => {
    const { found, remove, kept } = decidePrune(pruneFacts(all(OWN)), false);
    expect(found.map(({ kind }) => kind)).toContain('volume');
    expect(remove.map(({ kind }) => kind)).not.toContain('volume');
    expect(kept).toEqual([
      {
        ...{ kind: 'volume', name: 'lab-redis-1-files', topology: 'lab' },
        why: 'rsent prune --volumes removes it',
      },
    ]);
  });

  it('keeps all where its data is in memory only, unless data is to go', () => {
    const things = all(OWN);
    const facts = pruneFacts({ ...things, inMemory: new Set(['lab-redis-1']) });
    const { remove, kept } = decidePrune(facts, false);
    expect(remove).toEqual([]);
    expect(kept.find(({ name }) => name === 'lab-redis-1')?.why).toContain('in its memory only');
    expect(decidePrune(facts, true).remove).toHaveLength(decidePrune(facts, true).found.length);
  });
});

describe('a topology with a record in this data home', () => {
  const records = recordsAt({ [OWN]: FOUND });

  it('keeps all that its record knows', () => {
    const containers = aRecord().placement.nodes.map(({ name }) => nodeOf(name));
    const volumes = aRecord().placement.nodes.map(({ name }) => volumeOf(name));
    const facts = pruneFacts({ containers, volumes, networks: [networkOf('lab-net')], records });
    expect(decidePrune(facts, true)).toEqual({ found: [], remove: [], kept: [] });
  });

  it.each<[string, Partial<PruneFacts>, string]>([
    ['a node', { containers: [nodeOf('redis-9')] }, 'its record knows no redis-9'],
    ['a pod', { containers: [partOf('pod')] }, 'its record knows no pod'],
    ['a volume', { volumes: [volumeOf('redis-9')] }, 'its record knows no redis-9'],
    ['a helper', { containers: [partOf('files')] }, 'an rsent that was killed has left it'],
  ])('loses %s that it does not know', (_, things, why) => {
    expect(onlyOrphan(pruneFacts({ ...things, records })).why).toBe(why);
  });

  it('loses its network when it has joined another one, and no network of another name', () => {
    const { placement, ...rest } = aRecord();
    const record = { ...rest, placement: { ...placement, network: 'theirs', joined: true } };
    const known = recordsAt({ [OWN]: { kind: 'record', record } });
    const networks = [networkOf('lab-net'), networkOf('mine')];
    const facts = pruneFacts({ networks, records: known });
    expect(onlyOrphan(facts)).toMatchObject({
      ...{ name: 'lab-net', why: 'its record knows no such network' },
    });
    expect(whys(facts)).toEqual(['it carries rsent’s labels but is not rsent’s own']);
  });

  it('keeps all while a verb that was begun on it has not ended, and says so once', () => {
    const record = { ...aRecord(), unfinished: { remaking: true } } as const;
    const facts = {
      ...{ containers: [nodeOf('redis-9'), partOf('files')], volumes: [volumeOf('redis-9')] },
      directories: [{ topology: 'lab', entries: [entryOf('redis-9', 'conf'), entryOf('aside-1')] }],
      records: recordsAt({ [OWN]: { kind: 'record', record } }),
    };
    expect(decide(facts).found).toEqual([]);
    expect(whys(facts)).toEqual([expect.stringContaining('rsent up lab goes on with it')]);
  });

  it('keeps its pod', () => {
    const { placement, ...rest } = aRecord();
    const record = { ...rest, placement: { ...placement, pod: 'lab-pod' } };
    const known = recordsAt({ [OWN]: { kind: 'record', record } });
    expect(orphanNames(pruneFacts({ containers: [partOf('pod')], records: known }))).toEqual([]);
  });

  it('keeps a container and a volume of a node that it knows, whatever they are called', () => {
    const containers = [nodeOf('redis-1', OWN, { name: 'other' })];
    const volumes = [{ ...volumeOf('redis-1'), name: 'other-files' }];
    expect(orphanNames(pruneFacts({ containers, volumes, records }))).toEqual([]);
  });

  it('keeps what runs on from a directory that was moved to where the record is now', () => {
    const moved = recordsAt({ [OWN]: FOUND, [ELSEWHERE]: { kind: 'none' } });
    const containers = [nodeOf('redis-1', ELSEWHERE)];
    expect(orphanNames(pruneFacts({ containers, records: moved }))).toEqual([]);
    expect(whys({ containers, records: moved })).toEqual([
      expect.stringContaining('rsent down lab removes its containers'),
    ]);
  });
});

describe('a topology about which there is a doubt', () => {
  it.each<[string, RecordState, string]>([
    ['whose record cannot be understood', { kind: 'unclear' }, 'rsent down lab --volumes'],
    ['whose record cannot be seen', { kind: 'unreadable' }, 'cannot be seen'],
    ['that another rsent works on', { kind: 'busy' }, 'another rsent works on it'],
  ])('%s is left whole, and that is said once', (_, state, why) => {
    const facts = { ...all(OWN), records: recordsAt({ [OWN]: state }) };
    expect(decide(facts).found).toEqual([]);
    expect(whys(facts)).toEqual([expect.stringContaining(why)]);
  });

  it('is left whole where nobody has looked for its record', () => {
    const facts = { ...all(ELSEWHERE), records: new Map() };
    expect(decide(facts).found).toEqual([]);
  });
});

describe('a topology of another data home of this machine', () => {
  const at = (state: RecordState) => ({
    ...all(ELSEWHERE),
    records: recordsAt({ [ELSEWHERE]: state }),
  });

  it.each<[string, RecordState]>([
    ['has a record', FOUND],
    ['has one that cannot be understood', { kind: 'unclear' }],
  ])('is nobody’s business where it %s, even with nodes that are not in it', (_, state) => {
    const more = {
      ...at(state),
      containers: [nodeOf('redis-9', ELSEWHERE), partOf('files', ELSEWHERE)],
    };
    expect(decide(more)).toEqual({ found: [], remove: [], kept: [] });
  });

  it('is left, and said, where its data home cannot be read', () => {
    expect(decide(at({ kind: 'unreadable' })).found).toEqual([]);
    expect(whys(at({ kind: 'unreadable' }))).toEqual([expect.stringContaining(ELSEWHERE)]);
  });

  it('is orphaned where its record is gone', () => {
    const { found } = decide(at({ kind: 'none' }));
    expect(found).toHaveLength(5);
    expect(found[0]?.why).toBe('there is no record of it in /tmp/other');
  });

  it('does not lend its life to one of the same name in this data home', () => {
    const both = {
      containers: [nodeOf('redis-1', ELSEWHERE), nodeOf('redis-2')],
      records: recordsAt({ [ELSEWHERE]: FOUND }),
    };
    expect(orphanNames(pruneFacts(both))).toEqual(['lab-redis-2']);
  });
});

describe('a network that does not say where it is from', () => {
  const { [LABEL.directory]: _, ...labels } = networkOf('lab-net').labels;
  const networks = [{ id: 'n', name: 'lab-net', labels }];

  it('is orphaned where nothing of its name is known', () => {
    expect(orphanNames(pruneFacts({ networks }))).toEqual(['lab-net']);
  });

  it('may be of a living topology of another data home', () => {
    const containers = [nodeOf('redis-1', ELSEWHERE)];
    const records = recordsAt({ [ELSEWHERE]: FOUND });
    expect(orphanNames(pruneFacts({ networks, containers, records }))).toEqual([]);
  });

  it('is that of the record here that names it', () => {
    expect(orphanNames(pruneFacts({ networks, records: recordsAt({ [OWN]: FOUND }) }))).toEqual([]);
  });
});

describe('an engine on another machine', () => {
  const remote = { ...by(undefined, all(OWN)), local: false };

  it('has nothing that is surely nobody’s', () => {
    expect(decide(remote).found).toEqual([]);
    expect(whys(remote)).toEqual([
      expect.stringContaining('rsent prune lab says that it is yours'),
    ]);
  });

  it('is believed to have what the user names', () => {
    expect(decide({ ...remote, only: 'lab' }).found).toHaveLength(5);
  });

  it('has directories that no record can be looked for in, whoever names them', () => {
    const facts = {
      ...by(undefined, all(ELSEWHERE)),
      ...{ local: false, only: 'lab', records: recordsAt({ [ELSEWHERE]: { kind: 'none' } }) },
    };
    expect(decide(facts).found).toEqual([]);
    expect(whys(facts)).toEqual([expect.stringContaining('--data-dir /tmp/other')]);
  });

  it('is not asked about while a living topology has all that its record knows', () => {
    const containers = [nodeOf('redis-1')];
    expect(whys({ containers, local: false, records: recordsAt({ [OWN]: FOUND }) })).toEqual([]);
  });

  it.each([
    ['keeps a volume where no Sentinel’s beside it is the record’s', anId(9), 0],
    ['loses one that stands beside a volume of a Sentinel of the record', anId(1), 1],
  ])('%s', (_, id, count) => {
    const { volumes } = by(undefined, {
      ...all(OWN),
      volumes: [volumeOf('redis-9'), volumeOf('sentinel-1', OWN, id)],
    });
    const records = recordsAt({ [OWN]: FOUND });
    const { found } = decide({ volumes, records, local: false, only: 'lab' });
    expect(found).toHaveLength(count);
  });
});

describe('a throw-away container', () => {
  it.each([
    ['that is older than ten minutes was left behind', 600_001, 1],
    ['that is ten minutes old may be at work', 600_000, 0],
    ['of unknown age may be at work', undefined, 0],
    ['that is younger than this machine’s clock may be at work', -60_000, 0],
  ])('%s', (_, age, count) => {
    expect(decide({ containers: [probeOf(age)] }).found).toHaveLength(count);
  });

  it('is of no topology that could be named', () => {
    expect(decide({ containers: [probeOf(1e9)], only: 'lab' }).found).toEqual([]);
  });
});

describe('what is named', () => {
  it('is all that is looked at', () => {
    const facts = pruneFacts({
      ...all(OWN),
      only: 'other',
      directories: [{ topology: 'lab', entries: [entryOf('redis-1', 'conf')] }],
    });
    expect(decidePrune(facts, true)).toEqual({ found: [], remove: [], kept: [] });
    expect(claimedDirectories(facts).size).toBe(0);
  });
});

describe('the directories whose records decide', () => {
  it('are those of labels and those of this data home, each once', () => {
    const facts = pruneFacts({
      containers: [nodeOf('redis-1', ELSEWHERE), nodeOf('redis-2', ELSEWHERE), probeOf(0)],
      directories: [{ topology: 'asleep', entries: [] }],
    });
    expect([...claimedDirectories(facts)].sort()).toEqual([
      [`${HOME}/asleep`, 'asleep'],
      [OWN, 'lab'],
      [ELSEWHERE, 'lab'],
    ]);
  });
});

describe('somebody else’s things', () => {
  it('are not seen', () => {
    const foreign = { 'com.example': '1', [LABEL.topology]: 'lab' };
    const facts = pruneFacts({
      containers: [containerWith(foreign), containerWith({})],
      networks: [{ id: 'n', name: 'app', labels: foreign }],
      volumes: [{ name: 'v', labels: foreign }],
    });
    expect(decidePrune(facts, true)).toEqual({ found: [], remove: [], kept: [] });
  });
});

describe('the order of removal', () => {
  it('is Sentinels, data nodes, what is left of containers, networks, volumes, directories', () => {
    const facts = pruneFacts({
      containers: [partOf('pod'), nodeOf('redis-1'), nodeOf('sentinel-1'), probeOf(1e9)],
      networks: [networkOf('lab-net')],
      volumes: [volumeOf('redis-1')],
      directories: [
        { topology: 'lab', entries: [{ ...entryOf('redis-1', 'conf'), signed: true }] },
      ],
    });
    const steps = pruneSteps(decidePrune(facts, true).remove);
    expect(steps.map((group) => group.map(({ name }) => name))).toEqual([
      ...[['lab-sentinel-1'], ['lab-redis-1'], ['lively_dial', 'lab-pod']],
      ...[['lab-net'], ['lab-redis-1-files'], [OWN]],
    ]);
  });

  it('has no empty steps', () => {
    expect(pruneSteps([])).toEqual([]);
  });
});

describe('what another user or another machine has made', () => {
  const YOU = 'd'.repeat(32);
  const mounted = (things: ReturnType<typeof all>) => ({
    ...things,
    containers: things.containers.map((each) => ({ ...each, binds: [`${OWN}/redis-1/data`] })),
  });

  it.each<[string, Partial<PruneFacts>]>([
    ['on a shared engine', { local: false }],
    ['on the engine of this machine, though its directory has the path of one here', {}],
    ['whoever names it', { local: false, only: 'lab' }],
    ['with directories of its machine mounted', { ...mounted(by(YOU, all(OWN))), local: false }],
  ])('is left, and it is said how to remove it by hand, %s', (_, changes) => {
    const facts = { ...by(YOU, all(OWN)), ...changes };
    expect(decide(facts).found).toEqual([]);
    expect(whys(facts)).toEqual([expect.stringMatching(/another user.*rsent\.topology=lab/)]);
  });

  it('is nobody’s where its files were seen to be those of this machine, and its record is gone', () => {
    expect(decide(mounted(by(YOU, all(OWN)))).found).toHaveLength(5);
  });

  it('is not what the record here says is its own', () => {
    const state = { kind: 'record', record: { ...aRecord(), origin: YOU } } as const;
    const containers = [nodeOf('redis-9')];
    const { containers: theirs } = by(YOU, { ...all(OWN), containers });
    const records = recordsAt({ [OWN]: state });
    expect(orphanNames(pruneFacts({ containers: theirs, records, local: false }))).toHaveLength(1);
  });
});

describe('what its origin proves to be one’s own', () => {
  it('is nobody’s on any engine where its record is gone', () => {
    expect(decide({ ...by(ME, all(OWN)), local: false }).found).toHaveLength(5);
  });
});

describe('volumes of before there was an origin', () => {
  const { volumes } = by(undefined, all(OWN));

  it('are left until they are named, as another machine may have made them', () => {
    expect(decide({ volumes }).found).toEqual([]);
    expect(decide({ volumes, only: 'lab' }).found).toHaveLength(1);
  });
});
