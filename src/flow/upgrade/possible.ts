import { RsentError } from '../../model/errors.js';
import { ofKind } from '../../model/topology.js';
import type { ImageNature } from '../../plan/formats.js';
import { upgradeProblems } from '../../plan/upgrade-problems.js';
import { masterNow, type Natures, type Setting } from './setting.js';

/** The image that nodes are brought away from; the same as the one asked for when all run that. */
export function whence({ record, running }: Setting['known'], image: string): string {
  const { upgradingFrom } = record.unfinished ?? {};
  if (upgradingFrom !== undefined && upgradingFrom !== image) return upgradingFrom;
  // The engine tells the id of an image whose name has moved on to another one.
  const other = ofKind(running.nodes, 'redis').find((node) => node.image !== image);
  return other?.image ?? record.spec.image.ref;
}

/**
 * What the image writes, once it is sure that the topology can go to it.
 * @throws RsentError `refused` with every reason why it cannot; nothing was touched then
 */
export async function requirePossible(
  setting: Setting,
  natures: Natures,
  { image, allowUnsafe }: { readonly image: string; readonly allowUnsafe: boolean },
): Promise<ImageNature> {
  const { known } = setting;
  const { record, running } = known;
  const { name } = record.spec;
  if (running.nodes.length === 0) {
    throw new RsentError('refused', `${name} is asleep; only what runs can be upgraded.`, {
      hint: `Nothing was done. rsent up ${name}, then this again.`,
    });
  }
  const target = await natures.of(image);
  const refs = await writersOf(setting, image);
  const natureOf = async (ref: string) => [ref, await natures.of(ref)] as const;
  const writers = new Map(await Promise.all(refs.map(natureOf)));
  const problems = upgradeProblems({ record, image, target, writers, allowUnsafe });
  if (problems.length === 0) return target;
  const list = problems.map((each) => `  - ${each}`).join('\n');
  throw new RsentError('refused', `${name} cannot go to ${image}:\n${list}`, {
    hint: 'Nothing was done: no node was touched.',
  });
}

/**
 * On the way back from an upgrade that has not ended only the data of the master counts: replicas
 * get theirs from it again.
 */
async function writersOf(setting: Setting, image: string): Promise<readonly string[]> {
  const { record, running } = setting.known;
  const redis = ofKind(running.nodes, 'redis');
  const isBack = record.unfinished?.upgradingFrom === image && record.spec.image.ref !== image;
  const master = isBack ? await masterNow(setting) : undefined;
  const counted = master === undefined ? redis : redis.filter((each) => each.name === master);
  return [...new Set(counted.map((node) => node.image))].filter((ref) => ref !== image);
}
