import { PassThrough } from 'node:stream';
import type { Attached, Engine } from '../../src/engine/engine.js';
import { InnerClient } from '../../src/flow/client-session.js';
import { untilHeld } from '../../src/flow/client-watch.js';
import type { Seat } from '../../src/flow/seat.js';
import { NEVER } from '../../src/flow/wait.js';
import { RsentError } from '../../src/model/errors.js';

const LIMITS = { beginMs: 50, lookMs: 5, looks: 3 };
const WHOM = { topology: 'lab', node: 'redis-1', container: 'lab-redis-1' };
const STAT = (state: string) => `1 (redis-server (x) T) ${state} 0 1 1 0 -1 4194560\n`;

/** A process in a container, as far as a test plays it. */
class Process implements Attached {
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly ended: Promise<void>;
  end: () => void = () => undefined;
  isClosed = false;
  constructor() {
    this.ended = new Promise((resolve) => {
      this.end = () => {
        for (const each of [this.stdout, this.stderr]) each.end();
        resolve();
      };
    });
  }
  async resize(): Promise<void> {}
  async exitCode(): Promise<number> {
    return 0;
  }
  close(): void {
    this.isClosed = true;
  }
}

interface Played {
  /** The client itself. */
  readonly client: (process: Process) => void;
  /** What a look at the server shows. */
  readonly state?: (process: Process) => void;
}

/** A node whose processes behave so. */
function nodeThat({ client, state = () => undefined }: Played) {
  const signals: string[] = [];
  const processes: Process[] = [];
  const attach = async (_: string, command: readonly string[]) => {
    const process = new Process();
    processes.push(process);
    const words = command.join(' ');
    if (words.includes('/proc/1/stat')) state(process);
    else if (words.includes('kill -')) {
      signals.push(command[3] ?? '');
      process.end();
    } else client(process);
    return process;
  };
  return { engine: { attach } as unknown as Engine, signals, processes };
}

function aSeat(tty = false): Seat & { readonly stdin: PassThrough } {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  return {
    ...{ tty, stdin, stdout, stderr, isRead: false, closed: NEVER, hungUp: NEVER },
    ...{ raw: () => () => undefined, size: () => ({ rows: 24, columns: 80 }) },
    ...{ onResize: () => undefined, leave: () => undefined },
  };
}

const begins = (process: Process) => void process.stderr.write('42\n');
const says = (state: string) => (process: Process) => {
  process.stdout.write(STAT(state));
  process.end();
};

async function talk(played: Played, seat = aSeat(), signal: AbortSignal = NEVER) {
  const node = nodeThat(played);
  const client = new InnerClient(node.engine, WHOM, LIMITS);
  const outcome = client
    .start({ port: 6379 }, undefined, seat.tty ? seat.size() : undefined, signal)
    .then(() => client.serve(seat, false, signal));
  return { ...node, outcome };
}

const frozen = {
  kind: 'topology',
  message: 'redis-1 of lab says nothing: its process is frozen.',
  hint: expect.stringContaining('docker kill -s CONT lab-redis-1'),
};

describe('a client of a node that is frozen', () => {
  it.each([
    ['its server was stopped by a signal', says('T')],
    ['its server is held by a debugger', says('t')],
    ['nothing begins in its container', () => undefined],
    [
      'its container is held',
      (process: Process) => {
        process.stdout.write('OCI runtime exec failed: cannot exec in a paused container\n');
        process.end();
      },
    ],
  ])('is ended, and the cause named: %s', async (_, state) => {
    const { outcome, signals, processes } = await talk({ client: begins, state });
    await expect(outcome).rejects.toMatchObject(frozen);
    // It would stay in the container for ever.
    expect(signals).toEqual(['INT']);
    expect(processes[0]?.isClosed).toBe(true);
  });

  it('is ended where it does not begin', async () => {
    const { outcome, processes } = await talk({ client: () => undefined });
    await expect(outcome).rejects.toMatchObject(frozen);
    expect(processes[0]?.isClosed).toBe(true);
  });

  it('is ended by Ctrl-C on a terminal, whose key the client never reads', async () => {
    const seat = aSeat(true);
    const client = (process: Process) => void process.stdout.write('42\r\n\r\n');
    const { outcome } = await talk({ client, state: says('T') }, seat);
    setImmediate(() => seat.stdin.write('\u0003'));
    await expect(outcome).rejects.toMatchObject(frozen);
  });

  it('is told who holds it where the engine does', async () => {
    const { outcome, engine, processes } = await talk({ client: begins });
    engine.attach = async () => {
      throw new RsentError('engine', 'Docker could not do it: it is paused.');
    };
    await expect(outcome).rejects.toMatchObject({
      message: 'redis-1 of lab says nothing: it is paused.',
      hint: 'rsent resume redis-1 lab lets it go on.',
    });
    expect(processes[0]?.isClosed).toBe(true);
  });

  it('is interrupted before it begins', async () => {
    const { outcome } = await talk({ client: () => undefined }, aSeat(), AbortSignal.abort());
    await expect(outcome).rejects.toMatchObject({ kind: 'interrupted' });
  });

  it.each(['stdout', 'stderr'] as const)(
    'is none of the engine’s own words in %s',
    async (which) => {
      const client = (process: Process) => {
        process[which].write('OCI runtime exec failed: exec: "/bin/sh": no such file: unknown');
        process.end();
      };
      const { outcome } = await talk({ client });
      await expect(outcome).rejects.toMatchObject({
        message: 'No client can be begun in the container lab-redis-1.',
        hint: expect.stringContaining('docker exec lab-redis-1 redis-cli PING'),
      });
    },
  );
});

describe('a client of a node that is only silent', () => {
  it.each(['S', 'R', 'D'])('is left at work while its server is in state %s', async (state) => {
    let looks = 0;
    let waiting: Process | undefined;
    const { outcome } = await talk({
      client: (process) => {
        waiting = process;
        begins(process);
      },
      state: (process) => {
        says(state)(process);
        if (++looks > LIMITS.looks) waiting?.end();
      },
    });
    expect(await outcome).toBe(0);
  });
});

describe('untilHeld', () => {
  it('begins anew where something has come meanwhile, or it was seen to go on', async () => {
    const looks = ['frozen', 'paused', undefined, 'frozen', 'frozen', 'frozen'] as const;
    const moves = [false, false, false, true, false, false, false];
    const left = { looks: [...looks], moves: [...moves] };
    await untilHeld(
      async () => left.looks.shift(),
      () => left.moves.shift() ?? false,
      { ...LIMITS, lookMs: 1 },
      NEVER,
    );
    expect(left).toEqual({ looks: [], moves: [] });
  });
});
