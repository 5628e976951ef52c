import { fieldsOf, settingIn } from '../health/raw.js';
import { compareValues } from '../model/directives.js';
import { messageOf, RsentError } from '../model/errors.js';
import { type Setting, sentinelCommands, sentinelSettings } from '../model/settings.js';
import type { TopologySpec } from '../model/spec.js';
import type { NodeClient } from '../redis/client.js';

/** A setting that a node was told. */
export interface Told {
  readonly node: string;
  readonly name: string;
  readonly was: string;
  readonly now: string;
  /** Absent where nothing is to take it back: it is what the node should have had all along. */
  takeBack?(): Promise<void>;
}

/** What a node said of a setting that it does not take. */
export class Refusal extends RsentError {
  constructor(node: string, name: string, why: string) {
    super('refused', `${node} does not take ${name} while it runs: ${why}.`);
  }
}

/** A node that is told something. */
export interface Listener {
  readonly name: string;
  readonly client: NodeClient;
}

/**
 * Tell a data node what it should be set to, as far as it is not, and let it keep that in its conf.
 * @param told what was told so far; what this node was told is added, also when it ends in a refusal
 * @param which whether settings that it cannot tell, such as `rename-command`, are passed over
 * @throws Refusal of a setting that it does not take, or does not even know
 */
export async function tellRedis(
  { name: node, client }: Listener,
  settings: readonly Setting[],
  told: Told[],
  which: 'all' | 'known' = 'all',
): Promise<void> {
  const before = told.length;
  for (const { name, value } of settings) {
    const was = await settingOf(client, name);
    if (was === undefined && which === 'known') continue;
    if (was === undefined)
      throw new Refusal(
        node,
        name,
        'this server has no such setting, or reads it only when it starts',
      );
    if (compareValues(value, was) === 'same') continue;
    const set = async (to: string) => void (await client.call('CONFIG', 'SET', name, to));
    const takeBack = async () => {
      await set(was);
      await client.call('CONFIG', 'REWRITE');
    };
    await set(value).catch((error: unknown) => {
      throw new Refusal(node, name, messageOf(error));
    });
    const now = (await settingOf(client, name)) ?? value;
    if (now !== was) told.push({ node, name, was, now, takeBack });
  }
  if (told.length > before) await client.call('CONFIG', 'REWRITE');
}

/**
 * What a data node is set to; undefined when it has no such setting.
 * @throws Error when it does not answer
 */
export async function settingOf(client: NodeClient, name: string): Promise<string | undefined> {
  return settingIn({ ok: true, value: await client.call('CONFIG', 'GET', name) });
}

/** The names under which SENTINEL MASTER tells what it was set to. */
type Master = ReadonlyMap<string, string>;

/**
 * Tell a Sentinel its settings, as far as they are others; it saves its conf by itself.
 * @param before the spec by which it was told until now: what takes the settings back
 */
export async function tellSentinel(
  { name: node, client }: Listener,
  before: TopologySpec,
  spec: TopologySpec,
  told: Told[],
): Promise<void> {
  const { masterName } = spec;
  const was = await masterOf(client, masterName);
  for (const { name, value } of sentinelSettings(spec)) {
    const old = was.get(name) ?? '';
    if (old === value) continue;
    const set = async (to: string) =>
      void (await client.call('SENTINEL', 'SET', masterName, name, to));
    await refusedBy(node, name, set(value));
    told.push({ node, name, was: old, now: value, takeBack: () => set(old) });
  }
  const now = await masterOf(client, masterName);
  for (const { name, value } of sentinelSettings(spec)) {
    if (now.get(name) !== value) throw new Refusal(node, name, `it is still ${now.get(name)}`);
  }
  await tellFurther({ name: node, client }, before, spec, told);
}

/**
 * Of directives that are passed through only those that changed. One that did not may be known to
 * it from its conf alone, or be told once more after a change that was cut short.
 */
async function tellFurther(
  { name: node, client }: Listener,
  before: TopologySpec,
  spec: TopologySpec,
  told: Told[],
): Promise<void> {
  const { masterName } = spec;
  const [old, now] = [before.further.sentinel, spec.further.sentinel];
  for (const [name, texts] of Object.entries(now)) {
    const was = Object.hasOwn(old, name) ? (old[name] ?? []) : [];
    const isSame = JSON.stringify(was) === JSON.stringify(texts);
    const tell = async (given: readonly string[]) => {
      for (const command of sentinelCommands(masterName, { [name]: given })) {
        await client.call(...command);
      }
    };
    if (isSame) await tell(texts).catch(() => undefined);
    else {
      await refusedBy(node, name, tell(texts));
      const takeBack = () => tell(was);
      told.push({ node, name, was: was.join(', '), now: texts.join(', '), takeBack });
    }
  }
}

async function refusedBy(node: string, name: string, done: Promise<unknown>): Promise<void> {
  await done.catch((error: unknown) => {
    throw new Refusal(node, name, messageOf(error));
  });
}

async function masterOf(client: NodeClient, masterName: string): Promise<Master> {
  return fieldsOf(await client.call('SENTINEL', 'MASTER', masterName)) ?? new Map();
}
