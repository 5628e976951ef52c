import type { ContainerLife } from '../model/container.js';
import type { NodeObservation, Observation } from '../model/observation.js';
import type { Expectation, Finding } from '../model/verdict.js';

const MIB = 2 ** 20;
/** 128 and the number of SIGKILL. */
const KILLED = 137;

/**
 * Containers that the kernel killed for their memory, also those that run again: the next write may
 * be the next kill, and the failovers that follow have no other cause.
 */
export function judgeMemory(expectation: Expectation, { nodes }: Observation): Finding[] {
  return nodes.flatMap((node): Finding[] => {
    const { life } = node;
    if (life === undefined || !isKilled(life)) return [];
    const limit =
      life.memoryBytes === undefined
        ? 'the memory of the engine’s host'
        : `its memory limit of ${Math.round(life.memoryBytes / MIB)} MiB`;
    const often = life.restarts > 1 ? `; the engine restarted it ${life.restarts} times` : '';
    const { topology } = expectation;
    return [
      {
        code: 'killed-for-memory',
        severity: isServing(node) ? 'warning' : 'error',
        subject: node.name,
        saw: `the kernel killed a process of it, as it used more than ${limit}${often}`,
        expected: 'a limit that holds its data, its buffers and a fork’s copies',
        fix:
          life.memoryBytes === undefined
            ? 'free memory on that host, or limit the data with --maxmemory'
            : `rsent up ${topology} --memory SIZE --recreate with a larger one (the data stays); or limit the data: rsent set ${topology} --maxmemory SIZE`,
      },
    ];
  });
}

/** True when the kernel ended it for its memory, as the engine says or as the signs are. */
function isKilled({ killedForMemory, restarts, exitCode, memoryBytes }: ContainerLife) {
  // Whoever kills a container by hand ends it for good; the engine restarts only what ended by itself.
  return killedForMemory || (restarts > 0 && exitCode === KILLED && memoryBytes !== undefined);
}

/** True when the kernel's kill is why it does not run; one that was stopped later ends otherwise. */
export function isEndedByKernel(life: ContainerLife): boolean {
  return isKilled(life) && life.exitCode === KILLED;
}

function isServing({ container, answer }: NodeObservation): boolean {
  return container === 'running' && answer.reached;
}
