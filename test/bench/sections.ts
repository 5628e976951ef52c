import { all, type Bench, secondsOf } from './bench.js';
import { Floor } from './floor.js';
import { modelsOf } from './model.js';
import type { Section } from './report/result.js';
import { AT_ONCE, DOWN_AFTER_S, nodesOf, SIZES, type Size } from './report/rows.js';
import { type Contestant, type Course, race, type Sample } from './rounds.js';
import { upSection } from './section-up.js';

type Measure = (bench: Bench, course: Course) => Promise<void>;

const LARGE: Size = { replicas: 29, sentinels: 9 };
/** Many nodes on few cores are allowed to take their time. */
const PATIENCE = ['--timeout', '5m'];

const sized = ({ replicas, sentinels }: Size) => [
  ...['--replicas', String(replicas), '--sentinels', String(sentinels), ...PATIENCE],
];

/** A topology for as long as something is done with it. */
function withTopology(
  bench: Bench,
  args: readonly string[],
  act: (name: string) => Promise<void>,
): Promise<void> {
  return bench.withTopology('kept', async (name) => {
    await bench.rsent('up', name, ...args);
    await act(name);
  });
}

/** A contestant for one row, measured by a process of its own. */
const processOf = (row: string, run: () => Promise<{ seconds: number }>): Contestant => ({
  ...{ name: row, rows: [row] },
  measure: async () => [{ row, value: (await run()).seconds }],
});

const failover: Measure = (bench, course) =>
  withTopology(bench, ['--profile', 'ci', '--down-after', `${DOWN_AFTER_S}s`], (name) => {
    const row = 'failover.rsent';
    const measure = async () => {
      const { stdout } = await bench.rsent('failover', name, '--json');
      const { client } = JSON.parse(stdout) as { client?: { firstAckMs?: number } };
      if (client?.firstAckMs === undefined) throw new Error('no write was acknowledged');
      return [{ row, value: client.firstAckMs / 1000 }];
    };
    return race([{ name: 'failover', rows: [row], measure }], course);
  });

const status: Measure = async (bench, course) => {
  const bare = processOf('status.node', () => bench.run(process.execPath, ['-e', '0']));
  await withTopology(bench, [], (name) =>
    race(
      [
        bare,
        processOf('status.version', () => bench.rsent('--version')),
        processOf('status.help', () => bench.rsent('--help')),
        processOf('status.small', () => bench.rsent('status', name)),
      ],
      course,
    ),
  );
  await withTopology(bench, sized(LARGE), (name) =>
    race([processOf('status.large', () => bench.rsent('status', name))], course),
  );
};

const growth: Measure = async (bench, course) => {
  for (const size of SIZES) {
    const id = `growth.${nodesOf(size)}`;
    const floor = new Floor(bench, await modelsOf(bench, sized(size), 1));
    await race([growthFloor(floor, id), growthOfRsent(bench, size, id)], course);
  }
};

function growthFloor(floor: Floor, id: string): Contestant {
  const rows = [`${id}.floor`, `${id}.removal`] as const;
  const measure = async () => {
    const { up, down } = await floor.measure();
    return [
      { row: rows[0], value: up },
      { row: rows[1], value: down },
    ];
  };
  return { name: rows[0], rows, measure };
}

function growthOfRsent(bench: Bench, size: Size, id: string): Contestant {
  const verbs = ['up', 'status', 'down'];
  const rows = verbs.flatMap((verb) => [`${id}.${verb}`, `${id}.${verb}.mb`]);
  const measure = () =>
    bench.withTopology('growth', async (name) => {
      const samples: Sample[] = [];
      for (const verb of verbs) {
        const args = verb === 'up' ? sized(size) : [];
        const { seconds, megabytes } = await bench.rsentWithPeak(verb, name, ...args);
        samples.push({ row: `${id}.${verb}`, value: seconds });
        samples.push({ row: `${id}.${verb}.mb`, value: megabytes });
      }
      return samples;
    });
  return { name: `${id}.up`, rows, measure };
}

const ten: Measure = async (bench, course) => {
  const floor = new Floor(bench, await modelsOf(bench, PATIENCE, AT_ONCE));
  const engine = async () => [{ row: 'ten.floor', value: (await floor.measure()).up }];
  const rsent = async () => [{ row: 'ten.rsent', value: await tenOfRsent(bench) }];
  const contestants = [
    { name: 'ten.floor', rows: ['ten.floor'], measure: engine },
    { name: 'ten.rsent', rows: ['ten.rsent'], measure: rsent },
  ];
  await race(contestants, course);
};

/** Seconds until the last of them has its verdict; none is taken down before. */
async function tenOfRsent(bench: Bench): Promise<number> {
  const names = Array.from({ length: AT_ONCE }, () => bench.name('ten'));
  try {
    return await secondsOf(() => all(names.map((name) => bench.rsent('up', name, ...PATIENCE))));
  } finally {
    await Promise.all(names.map((name) => bench.forget(name)));
  }
}

/** How each section is measured. */
export const MEASURES: Readonly<Record<Section, Measure>> = {
  ...{ up: upSection, failover, status, growth, ten },
};
