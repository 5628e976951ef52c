import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** What a program that was kept writing tells at its end. */
export interface Followed {
  /** Writes that were acknowledged, and those that failed. */
  readonly acknowledged: number;
  readonly failed: number;
  /** The last number written under its key, after it was told to stop. */
  readonly last: number;
}

/** Debian's own Python: that is where its python3-redis package installs to. */
export const PYTHON = '/usr/bin/python3';

/** A program that writes on with the clients of the given one until its stdin ends. */
const GO_ON: Readonly<Record<string, (program: string, key: string) => string>> = {
  'redis-py': (program, key) => `${program}
import json, sys, threading, time
told = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), told.set()), daemon=True).start()
print('ready', flush=True)
n = acknowledged = failed = 0
while True:
    last = told.is_set()
    n += 1
    try:
        master.set('${key}', n)
        acknowledged += 1
        if last: break
    except Exception as error:
        failed += 1
        print(repr(error), file=sys.stderr)
    time.sleep(0.02)
print(json.dumps({'acknowledged': acknowledged, 'failed': failed, 'last': n}))
`,
  ioredis: (program, key) => goOnInNode(program, key, 'master'),
  'node-redis': (program, key) => goOnInNode(program, key, 'client'),
};

function goOnInNode(program: string, key: string, client: string): string {
  return `${program.replaceAll(/^.*\.(disconnect|close)\(\);\n/gm, '')}
let told = false;
process.stdin.on('end', () => { told = true; }).resume();
console.log('ready');
let n = 0, acknowledged = 0, failed = 0;
for (;;) {
  const last = told;
  n++;
  try {
    await ${client}.set('${key}', String(n));
    acknowledged++;
    if (last) break;
  } catch (error) {
    failed++;
    console.error(error.message);
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
}
console.log(JSON.stringify({ acknowledged, failed, last: n }));
// Not by the library's own end: node-redis does not come back from it in every case.
process.exit(0);
`;
}

/** The program, made to write on. */
export function goingOn(client: string, program: string, key: string): string {
  const make = GO_ON[client];
  if (make === undefined) throw new Error(`${client} cannot go on`);
  return make(program, key);
}

/** Start a program that writes on; it is ready when this resolves. */
export async function startFollower(command: string, file: string) {
  const child = spawn(command, [file], { stdio: ['pipe', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const ended = once(child, 'close');
  const lines: string[] = [];
  const reader = createInterface(child.stdout);
  const ready = new Promise<void>((resolve, reject) => {
    reader.on('line', (line) => {
      lines.push(line);
      if (line === 'ready') resolve();
    });
    void ended.then(() => reject(new Error(`${file} ended: ${errors}`)));
  });
  await ready;
  return {
    /** Have it make one more write that succeeds, and end. */
    async finish(): Promise<Followed> {
      child.stdin.end();
      const [code] = await ended;
      if (code !== 0) throw new Error(`${file}: exit ${code}: ${errors}`);
      return JSON.parse(lines.at(-1) ?? '') as Followed;
    },
    kill: () => child.kill('SIGKILL'),
  };
}
