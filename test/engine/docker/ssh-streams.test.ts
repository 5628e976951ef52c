import { chmod, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connectDocker } from '../../../src/engine/docker/docker-engine.js';
import type { Engine } from '../../../src/engine/engine.js';
import { emptyEngine, FakeEngine } from '../../helpers/fake-engine.js';
import { useTempDir } from '../../helpers/temp.js';
import { useUntil } from '../../helpers/until.js';

const path = useTempDir();
const until = useUntil();

let fake: FakeEngine;
let engine: Engine;
let ending: AbortController;
/** Logs that have been asked for and not begun to come. */
let held: ServerResponse[];
let holds = false;

function answer(asked: IncomingMessage, reply: ServerResponse): void {
  if (!asked.url?.includes('/logs?')) emptyEngine(asked, reply);
  else if (holds) held.push(reply);
  else reply.flushHeaders();
}

/** An ssh that leads to the engine of the test. */
async function standInForSsh(socket: string): Promise<void> {
  const program = `const s = require('node:net').connect('${socket}'); process.stdin.pipe(s); s.pipe(process.stdout); s.on('close', () => process.exit())`;
  await writeFile(path('ssh'), `#!/bin/sh\nexec ${process.execPath} -e "${program}"\n`);
  await chmod(path('ssh'), 0o755);
}

beforeEach(async () => {
  [held, holds, ending] = [[], false, new AbortController()];
  fake = await FakeEngine.start(path('docker.sock'), answer);
  await standInForSsh(path('docker.sock'));
  engine = await connectDocker({ DOCKER_HOST: 'ssh://box' }, { ssh: path('ssh') });
});
afterEach(async () => {
  ending.abort();
  await fake.stop();
});

/** Follow the log of each; it says nothing until the signal comes. */
function follow(count: number): Promise<void>[] {
  return Array.from({ length: count }, async (_, nth) => {
    const query = { follow: true, signal: ending.signal };
    for await (const _line of engine.logLines(`node-${nth}`, query));
  });
}

describe('streams through ssh', () => {
  it.each([9, 20])('%i of them leave room for requests', async (count) => {
    const streams = follow(count);
    await until(() => fake.asked.length === count);
    const lists = Array.from({ length: 12 }, () => engine.containers());
    expect(await Promise.all(lists)).toEqual(Array(12).fill([]));
    ending.abort();
    await Promise.all(streams);
  });

  it('log in few at a time, as sshd lets in no more', async () => {
    holds = true;
    const streams = follow(20);
    await until(() => held.length === 8);
    let most = held.length;
    for (let begun = 0; begun < 20; begun++) {
      await until(() => held.length > 0);
      most = Math.max(most, held.length);
      held.shift()?.flushHeaders();
    }
    expect(most).toBe(8);
    ending.abort();
    await Promise.all(streams);
  });
});
