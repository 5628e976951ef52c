import { CONFINEMENT } from '../model/confinement.js';
import type { ContainerLife } from '../model/container.js';
import type { NodeObservation, Observation } from '../model/observation.js';
import type { Expectation, Finding } from '../model/verdict.js';

const MIB = 2 ** 20;

/** What a container may have, and what it was made to have. */
interface Other {
  readonly saw: string;
  readonly expected: string;
  readonly severity: Finding['severity'];
}

/**
 * Limits of containers that somebody changed while they run, as `docker update` does. A server that may
 * have no more processes can neither save nor give a replica its data, and says so only as it tries.
 * An engine that cannot limit something has no limit, so what is missing is not compared.
 */
export function judgeLimits(expectation: Expectation, { nodes }: Observation): Finding[] {
  const asked = expectation.settings?.limits;
  if (asked === undefined) return [];
  return nodes.flatMap((node) => {
    const { life } = node;
    if (life === undefined) return [];
    const others = [...lowered(life, asked), ...slowed(life), ...restarted(life)];
    return others.map((other) => findingOf(expectation.topology, node, other));
  });
}

function findingOf(topology: string, { name }: NodeObservation, other: Other): Finding {
  const fix = `rsent up ${topology} --recreate makes it again as it was asked for (the data stays)`;
  return { code: 'container-differs', subject: name, ...other, fix };
}

type Limits = NonNullable<NonNullable<Expectation['settings']>['limits']>;

function lowered({ pids, memoryBytes }: ContainerLife, asked: Limits): Other[] {
  const most = asked.memoryBytes ?? Number.POSITIVE_INFINITY;
  const mib = (bytes: number) => `${Math.round(bytes / MIB)} MiB`;
  return [
    ...(pids === undefined || pids >= asked.pids
      ? []
      : [
          {
            saw: `its container may have ${pids} processes and threads`,
            expected: String(asked.pids),
            severity: 'error' as const,
          },
        ]),
    ...(memoryBytes === undefined || memoryBytes >= most
      ? []
      : [
          {
            saw: `its container may have ${mib(memoryBytes)} of memory`,
            expected: most === Number.POSITIVE_INFINITY ? 'no limit' : mib(most),
            severity: 'error' as const,
          },
        ]),
  ];
}

function slowed({ cpus }: ContainerLife): Other[] {
  if (cpus === undefined) return [];
  const saw = `its container may use ${cpus} processors`;
  return [{ saw, expected: 'no limit', severity: 'warning' }];
}

function restarted({ restart }: ContainerLife): Other[] {
  if (restart === undefined || restart === CONFINEMENT.restart) return [];
  const saw = `the restart policy of its container is ${restart}`;
  return [{ saw, expected: CONFINEMENT.restart, severity: 'warning' }];
}
