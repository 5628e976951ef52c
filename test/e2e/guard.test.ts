import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { jest } from '@jest/globals';
import type { StatusDocument, UpDocument } from '../helpers/documents.js';
import { eventually, Lab } from '../helpers/lab.js';
import { type TakenWrite, whileHammering } from '../helpers/redis.js';

jest.setTimeout(120_000);

const GUARDS: readonly (readonly [string, readonly string[]])[] = [
  ['on, as it is by default', []],
  ['off', ['--min-replicas-to-write', '0']],
];

describe.each(GUARDS)('with the guard %s', (state, flags) => {
  const isOn = state !== 'off';
  let lab: Lab;
  let name: string;
  let up: UpDocument;

  beforeAll(async () => {
    lab = await Lab.open();
    name = lab.name();
    up = await lab.json<UpDocument>('up', name, '--profile', 'ci', ...flags);
    // A master that has nothing would be refused the one that has taken a write alone.
    await inside(up.master.node, 'redis-cli', 'set', 'before', 'yes');
  });
  afterAll(() => lab?.clean());

  const container = (node: string) => lab.docker.getContainer(`${name}-${node}`);
  const published = (node: string) => up.nodes.find((each) => each.name === node)?.published ?? '';
  const status = async (): Promise<StatusDocument> =>
    JSON.parse((await lab.run('status', name, '--json')).stdout);
  const masterNow = async () => (await status()).master?.node ?? '';

  /** A command run inside a node's container, where a client on the wrong side of a cut would be. */
  async function inside(node: string, ...command: string[]): Promise<string> {
    const exec = await container(node).exec({
      Cmd: command,
      AttachStdout: true,
      AttachStderr: true,
    });
    const stream = await exec.start({});
    const out = new PassThrough();
    lab.docker.modem.demuxStream(stream, out, out);
    stream.on('end', () => out.end());
    return text(out);
  }

  it(`lets a master that is cut off ${isOn ? 'refuse writes soon' : 'go on taking writes that will be lost'}`, async () => {
    const old = await masterNow();
    await lab.json('cut', old, name);
    await eventually(masterNow, (node) => node !== '' && node !== old, 30_000);
    await eventually(
      () => inside(old, 'redis-cli', 'set', 'written-alone', 'yes'),
      (said) => said.includes(isOn ? 'NOREPLICAS' : 'OK'),
    );
    await lab.json('heal', old, name);
    const healed = await eventually(status, ({ healthy }) => healthy, 60_000);
    const kept = await inside(healed.master?.node ?? '', 'redis-cli', 'exists', 'written-alone');
    expect(kept.trim()).toBe('0');
  });

  it(`lets an old master that a person starts again take ${isOn ? 'no write' : 'writes that are lost'}`, async () => {
    const old = await masterNow();
    await container(old).kill();
    await eventually(masterNow, (node) => node !== '' && node !== old, 30_000);
    const { taken } = await whileHammering(published(old), 'ghost', async () => {
      await container(old).start();
      await eventually(
        status,
        ({ nodes }) =>
          nodes.every(({ role, link }) => role === 'master' || link === 'up') &&
          nodes.filter(({ role }) => role === 'master').length === 1,
        60_000,
      );
    });
    if (isOn) expect(taken).toEqual([]);
    else expect(taken.length).toBeGreaterThan(0);
    report(old, taken);
  });

  /** The counts that docs/safety.md quotes. */
  function report(node: string, taken: readonly TakenWrite[]): void {
    const lastedMs = taken.length === 0 ? 0 : taken[taken.length - 1]!.at - taken[0]!.at;
    process.stdout.write(
      `guard ${state}: ${node} took ${taken.length} writes as a second master, for ${lastedMs} ms\n`,
    );
  }
});
