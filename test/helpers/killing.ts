import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { Redis } from 'ioredis';
import type { StatusDocument, UpDocument } from './documents.js';
import { Lab } from './lab.js';
import { type Moment, momentsOf } from './random-steps.js';
import { withRedis } from './redis.js';

const KEYS = 50;
/** The smallest shape that fails over; each kind of step is there, and fewer of each. */
export const SMALL = ['--replicas', '1', '--sentinels', '3'] as const;
const COUNTS = '2+3';
const IMAGE = process.env['RSENT_TEST_IMAGE'] ?? '';
const ALIAS = `rsent-e2e-alias:${process.pid}`;

/** A verb that is killed midway, and what may come of that. */
export interface KilledVerb {
  /** What is done before, so that the verb has something to do; the topology is up and has data. */
  readonly before?: (name: string) => Promise<unknown>;
  readonly args: (name: string) => readonly string[] | Promise<readonly string[]>;
  /** What of the data may be there afterwards. */
  readonly leaves: 'all' | 'all or nothing';
  /** Counts of data nodes and Sentinels that the topology may have afterwards. */
  readonly counts?: readonly string[];
  /** A further setting of the topology. */
  readonly flags?: readonly string[];
}

/** Kills rsent at work on topologies of a lab, and looks at what is left. */
export class Killing {
  readonly lab: Lab;

  private constructor(lab: Lab) {
    this.lab = lab;
  }

  /** With one image under two names: there is a way from one to the other and back. */
  static async open(): Promise<Killing> {
    const lab = await Lab.open();
    await lab.docker.getImage(IMAGE).tag({ repo: 'rsent-e2e-alias', tag: String(process.pid) });
    return new Killing(lab);
  }

  async close(): Promise<void> {
    await this.lab.clean();
    await this.lab.docker.getImage(ALIAS).remove();
  }

  /** Run the verb once to its end, and choose where it will be killed. */
  async momentsOf(title: string, args: readonly string[]): Promise<Moment[]> {
    const began = Date.now();
    const whole = await this.lab.dying(args, undefined);
    expect(whole).toMatchObject({ code: 0 });
    return momentsOf(title, whole.steps, Date.now() - began);
  }

  /** Killed at this moment, unless it has ended before; `status` has an answer to what is left. */
  async kill(name: string, args: readonly string[], at: Moment): Promise<void> {
    if ('ms' in at) {
      const { child, result } = this.lab.start(args);
      const timer = setTimeout(() => child.kill('SIGKILL'), at.ms);
      await result.finally(() => clearTimeout(timer));
    } else {
      const { code, steps } = await this.lab.dying(args, at.step);
      // Whether a step is needed may depend on what others have taken meanwhile.
      const isThere = steps.some((line) => line.endsWith(` ${at.step}`));
      expect({ at, code }).toEqual({ at, code: isThere ? null : 0 });
    }
    expect({ at, ...(await this.told(name)) }).toMatchObject({ at, crashed: false });
  }

  /** What status says of whatever is there: an answer, never a crash of its own. */
  private async told(name: string): Promise<{ crashed: boolean; said: string }> {
    const { code, stdout, stderr } = await this.lab.run('status', name, '--json');
    const said = `${code} ${stderr}`;
    try {
      const document = JSON.parse(stdout) as Partial<StatusDocument> & { error?: { kind: string } };
      return { crashed: document.error?.kind === 'bug' || code === null, said };
    } catch {
      return { crashed: true, said };
    }
  }

  /** The next `up` sorts it out; gives the counts of data nodes and Sentinels. */
  async up(name: string, at: Moment): Promise<string> {
    const { nodes, healthy } = await this.lab.json<UpDocument>(...(await this.asKept(name)));
    expect({ at, healthy }).toEqual({ at, healthy: true });
    const count = (kind: string) => nodes.filter((node) => node.kind === kind).length;
    return `${count('redis')}+${count('sentinel')}`;
  }

  /** `up` with the image that it has: the environment names one for all. */
  async asKept(name: string): Promise<string[]> {
    return ['up', name, '--image', (await this.otherImage(name)) === IMAGE ? ALIAS : IMAGE];
  }

  /** The one of the two images that a topology does not have. */
  async otherImage(name: string): Promise<string> {
    const record = await readFile(join(this.lab.home, 'data', name, 'topology.json'), 'utf8');
    return JSON.parse(record).spec.image.ref === ALIAS ? IMAGE : ALIAS;
  }

  /** Writes that at least one replica has acknowledged; gives their keys. */
  async written(name: string, mark: string): Promise<string[]> {
    const keys = Array.from({ length: KEYS }, (_, n) => `${mark}:${n}`);
    await this.atMaster(name, async (client) => {
      for (const key of keys) await client.set(key, 'x');
      expect(await client.wait(1, 5000)).toBeGreaterThanOrEqual(1);
    });
    return keys;
  }

  /** All of these keys are there, or also none where a verb may have emptied it. */
  async expectData(
    name: string,
    keys: readonly string[],
    at: Moment,
    leaves: KilledVerb['leaves'] = 'all',
  ): Promise<void> {
    const left = await this.atMaster(name, (client) => client.exists(...keys));
    const fine = left === keys.length || (leaves === 'all or nothing' && left === 0);
    expect({ at, left, fine }).toEqual({ at, left, fine: true });
  }

  private async atMaster<T>(name: string, act: (client: Redis) => Promise<T>): Promise<T> {
    const { master, nodes } = await this.lab.healthy(name);
    const published = nodes.find((node) => node.name === master?.node)?.published ?? '';
    return withRedis(published, act, await this.lab.key(name));
  }

  /** A topology on which the verb is killed at each of its moments, and the next `up` goes on. */
  async trial(title: string, verb: KilledVerb): Promise<void> {
    const { lab } = this;
    const name = lab.name();
    await lab.json('up', name, '--profile', 'ci', ...SMALL, ...(verb.flags ?? []));
    await verb.before?.(name);
    const moments = await this.momentsOf(title, await verb.args(name));
    await lab.run(...(await this.asKept(name)));
    await lab.run('scale', name, ...SMALL);
    for (const [i, at] of moments.entries()) {
      const keys = await this.written(name, `${i}`);
      await verb.before?.(name);
      await this.kill(name, await verb.args(name), at);
      // Every third time somebody takes it down first.
      if (i % 3 === 2) expect({ at, ...(await lab.run('down', name)) }).toMatchObject({ code: 0 });
      const counts = await this.up(name, at);
      expect({ at, counts, among: verb.counts ?? [COUNTS] }).toEqual({
        ...{ at, counts },
        among: expect.arrayContaining([counts]),
      });
      await this.expectData(name, keys, at, verb.leaves);
      if (counts !== COUNTS) await lab.json('scale', name, ...SMALL);
    }
    await lab.run('down', name, '--volumes', '--yes');
  }
}
