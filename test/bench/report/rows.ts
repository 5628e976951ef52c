import type { RowKind, Section, Unit } from './result.js';

/** A topology with one master. */
export interface Size {
  readonly replicas: number;
  readonly sentinels: number;
}

export const SIZES: readonly Size[] = [
  { replicas: 2, sentinels: 3 },
  { replicas: 10, sentinels: 3 },
  { replicas: 30, sentinels: 5 },
  { replicas: 60, sentinels: 9 },
];

/** How many topologies are made at once. */
export const AT_ONCE = 10;
/** Silence after which the master counts as down in the failover, seconds. */
export const DOWN_AFTER_S = 2;

/** Number of nodes, the master counted. */
export const nodesOf = ({ replicas, sentinels }: Size) => 1 + replicas + sentinels;
/** `1+2+3`: master, replicas, Sentinels. */
const nameOf = ({ replicas, sentinels }: Size) => `1+${replicas}+${sentinels}`;

const of = (section: Section, id: string, what: string, unit: Unit = 's'): RowKind => ({
  ...{ id, section, what, unit },
});

const UP = [
  of('up', 'up.floor', 'floor: the engine makes the same six containers'),
  of('up', 'up.rsent', 'rsent up'),
  of('up', 'up.pod', 'rsent up --network pod'),
  of('up', 'up.compose', 'Compose, tuned by hand: up --wait, quorum verified'),
  of('up', 'up.plain', 'six docker run, plain sentinel.conf, quorum verified'),
  of('up', 'down.floor', 'floor: the six removed by force'),
  of('up', 'down.rsent', 'rsent down'),
  of('up', 'down.pod', 'rsent down, form pod'),
  of('up', 'down.compose', 'Compose: down'),
  of('up', 'down.plain', 'docker rm -f of the six, docker network rm'),
];

const FAILOVER = [
  of('failover', 'failover.rsent', `SIGKILL to first write, down-after ${DOWN_AFTER_S} s`),
];

const STATUS = [
  of('status', 'status.node', 'node -e 0'),
  of('status', 'status.version', 'rsent --version'),
  of('status', 'status.help', 'rsent --help'),
  of('status', 'status.small', 'rsent status, 1+2+3'),
  of('status', 'status.large', 'rsent status, 1+29+9'),
];

const GROWTH = SIZES.flatMap((size) => {
  const [id, name] = [`growth.${nodesOf(size)}`, nameOf(size)];
  return [
    of('growth', `${id}.floor`, `floor, ${name}`),
    of('growth', `${id}.up`, `rsent up, ${name}`),
    of('growth', `${id}.status`, `rsent status, ${name}`),
    of('growth', `${id}.removal`, `removal by force, ${name}`),
    of('growth', `${id}.down`, `rsent down, ${name}`),
    of('growth', `${id}.up.mb`, `memory of rsent up, ${name}`, 'MB'),
    of('growth', `${id}.status.mb`, `memory of rsent status, ${name}`, 'MB'),
    of('growth', `${id}.down.mb`, `memory of rsent down, ${name}`, 'MB'),
  ];
});

const TEN = [
  of('ten', 'ten.floor', `floor: ${AT_ONCE} times the six containers at once`),
  of('ten', 'ten.rsent', `${AT_ONCE} rsent up at once, to the last`),
];

/** Every row that a run can have, in the order of the table. */
export const ROWS: readonly RowKind[] = [...UP, ...FAILOVER, ...STATUS, ...GROWTH, ...TEN];
