import type { Move } from '../flow/move.js';
import type { Session } from './session.js';
import type { Verb } from './verb.js';

/** A verb by its name and its line in the help; all else of it is loaded when it is used. */
export interface NamedVerb {
  /** Its name and what it takes without a flag, as yargs reads them. */
  readonly command: string | readonly string[];
  readonly describe: string;
  readonly load: () => Promise<MakeVerb>;
}

/** @param dashed what was typed after `--` */
type MakeVerb = (session: Session, dashed: readonly string[]) => Verb;

/** Single moves; `start` and `stop` are also said of whole topologies. */
const MOVES: Readonly<Record<Exclude<Move, 'start' | 'stop'>, string>> = {
  kill: 'SIGKILL a node',
  pause: 'freeze a node: it keeps its connections and answers nobody',
  resume: 'let a paused node go on',
  cut: 'take a node off the network while it runs on',
  heal: 'put a node that was cut off back on the network',
};

const moves = Object.entries(MOVES).map(([move, describe]) => ({
  command: `${move} <target> [name]`,
  describe,
  load: async () => {
    const { moveCommand } = await import('./commands/moves.js');
    return (session: Session) => moveCommand(session, move as Move);
  },
}));

/** Every verb, in the order of the help. */
export const VERBS: readonly NamedVerb[] = [
  {
    command: 'up [name]',
    describe: 'create a topology, or bring it back, and prove that it is healthy',
    load: async () => (await import('./commands/up.js')).upCommand,
  },
  {
    command: 'status [name]',
    describe: 'tell the truth about a topology',
    load: async () => (await import('./commands/status.js')).statusCommand,
  },
  {
    command: 'connect [name]',
    describe: 'print a program that connects through the Sentinels and follows failovers',
    load: async () => (await import('./commands/connect.js')).connectCommand,
  },
  {
    command: 'exec [name]',
    describe: 'run the command after -- with REDIS_URL, REDIS_SENTINELS and so on set for it',
    load: async () => (await import('./commands/exec.js')).execCommand,
  },
  {
    command: 'doctor [name]',
    describe: 'find the cause of trouble, in any Sentinel topology',
    load: async () => (await import('./commands/doctor.js')).doctorCommand,
  },
  {
    command: 'failover [name]',
    describe: 'take the master away, measure the failover, bring it back as a replica',
    load: async () => (await import('./commands/failover.js')).failoverCommand,
  },
  {
    command: 'drill [name]',
    describe: 'make every fault that makes sense, one after the other, and judge each',
    load: async () => (await import('./commands/drill.js')).drillCommand,
  },
  {
    command: 'cli [where..]',
    describe: 'redis-cli in the container of a node; what follows -- is for it',
    load: async () => (await import('./commands/cli.js')).cliCommand,
  },
  {
    command: 'logs [where..]',
    describe: 'what the nodes have logged, in the order of time',
    load: async () => (await import('./commands/logs.js')).logsCommand,
  },
  {
    command: 'scale [name]',
    describe: 'have nodes join or leave while all goes on',
    load: async () => (await import('./commands/scale.js')).scaleCommand,
  },
  {
    command: 'stop [where..]',
    describe: 'stop all nodes, or one; containers, network and data stay',
    load: async () => (await import('./commands/stop.js')).stopCommand,
  },
  {
    command: 'start [where..]',
    describe: 'start a topology that was stopped, or one node, as it was',
    load: async () => (await import('./commands/start.js')).startCommand,
  },
  {
    command: 'backup [name]',
    describe: 'keep the data of a topology in one file, taken from a replica in sync',
    load: async () => (await import('./commands/backup.js')).backupCommand,
  },
  {
    command: 'restore [name]',
    describe: 'make a new topology with the data of a backup; takes every flag of up',
    load: async () => (await import('./commands/restore.js')).restoreCommand,
  },
  {
    command: 'down [name]',
    describe: 'remove containers and network; the data stays',
    load: async () => (await import('./commands/down.js')).downCommand,
  },
  {
    command: 'reset [name]',
    describe: 'empty a topology: no data, first roles, as if it were new',
    load: async () => (await import('./commands/reset.js')).resetCommand,
  },
  ...moves,
  {
    command: 'set [name]',
    describe: 'change settings on every node of a topology, while it runs or while it sleeps',
    load: async () => (await import('./commands/set.js')).setCommand,
  },
  {
    command: 'rotate-password [name]',
    describe: 'change the password of a running topology; no connection breaks',
    load: async () => (await import('./commands/rotate-password.js')).rotatePasswordCommand,
  },
  {
    command: 'rotate-certs [name]',
    describe: 'issue new certificates to all nodes, or exchange your own for another one',
    load: async () => (await import('./commands/rotate-certs.js')).rotateCertsCommand,
  },
  {
    command: 'upgrade [name]',
    describe: 'bring all nodes to another image, one at a time, while clients write',
    load: async () => (await import('./commands/upgrade.js')).upgradeCommand,
  },
  {
    command: ['ls', 'list'],
    describe: 'list topologies with their state',
    load: async () => (await import('./commands/ls.js')).lsCommand,
  },
  {
    command: 'prune [name]',
    describe: 'find what belongs to no topology any more, and remove it',
    load: async () => (await import('./commands/prune.js')).pruneCommand,
  },
  {
    command: 'init [path]',
    describe: 'ask the few questions that matter and write a commented rsent.yaml',
    load: async () => (await import('./commands/init.js')).initCommand,
  },
  {
    command: 'export',
    describe: 'write a topology down, so that it runs without rsent',
    load: async () => (await import('./commands/export.js')).exportCommand,
  },
  {
    command: 'image',
    describe: 'get the image from a registry, or make one from this machine’s redis-server',
    load: async () => (await import('./commands/image.js')).imageCommand,
  },
];
