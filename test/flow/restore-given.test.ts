import { restoreGiven } from '../../src/flow/restore-given.js';
import type { Told } from '../../src/flow/tell.js';
import { givenSettings } from '../../src/model/given.js';
import type { NodeClient } from '../../src/redis/client.js';
import { aRecord, nodeNamed } from '../helpers/topology.js';

const record = aRecord();
const given = givenSettings(record, nodeNamed(record, 'redis-1'));

/** A data node that answers no CONFIG GET before it has got as many as there are settings. */
class PatientNode {
  readonly settings = new Map(given.map(({ name, value }) => [name, value]));
  readonly #waiting: (() => void)[] = [];

  get client(): NodeClient {
    const call = async (...command: string[]) => this.#answer(command);
    const ask = async ({ set }: { set: string[] }) => ({
      set: { ok: true, value: await this.#answer(set) },
    });
    return { call, ask } as unknown as NodeClient;
  }

  async #answer([, verb = '', ...words]: string[]): Promise<unknown> {
    if (verb === 'SET')
      for (let i = 0; i < words.length; i += 2)
        this.settings.set(words[i] ?? '', words[i + 1] ?? '');
    if (verb !== 'GET') return 'OK';
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === given.length) for (const go of this.#waiting) go();
    });
    const [name = ''] = words;
    return this.settings.has(name) ? [name, this.settings.get(name)] : [];
  }
}

async function restored(change: (settings: Map<string, string>) => void) {
  const node = new PatientNode();
  change(node.settings);
  const told: Told[] = [];
  await restoreGiven({ name: 'redis-1', client: node.client }, given, told);
  return { told, settings: node.settings };
}

describe('what rsent’s own conf gave a data node', () => {
  it('is asked for at once, and what is other is given again', async () => {
    const { told, settings } = await restored((all) => all.set('replica-read-only', 'no'));
    expect(told).toEqual([{ node: 'redis-1', name: 'replica-read-only', was: 'no', now: 'yes' }]);
    expect(settings.get('replica-read-only')).toBe('yes');
  });

  it.each([
    ['a setting that this server does not know', 'replica-announced', undefined],
    ['a directory that was removed, which has no name', 'dir', ''],
  ])('is left alone where it is %s', async (_, name, value) => {
    const { told, settings } = await restored((all) => {
      if (value === undefined) all.delete(name);
      else all.set(name, value);
    });
    expect(told).toEqual([]);
    expect(settings.get(name)).toBe(value);
  });
});
