import { join } from 'node:path';
import { expectRecord } from '../../health/expect.js';
import { masterOf } from '../../health/judge.js';
import type { Observation } from '../../model/observation.js';
import { ofKind, type TopologyRecord } from '../../model/topology.js';
import { confPath } from '../../plan/conf-path.js';
import { type ImageNature, readsDataOf } from '../../plan/formats.js';
import { copyPath, imageOfCopy } from '../../plan/kept-copy.js';
import type { NodeToGo, RollFacts } from '../../plan/upgrade-plan.js';
import { type Context, identityFor } from '../context.js';
import { findRunning, type Known } from '../find.js';
import { prepareImage } from '../image.js';
import { natureOf } from '../image-nature.js';
import { rejectLinkedData } from '../links.js';
import type { Observer } from '../observe.js';

/** What the way to an image is gone in. */
export interface Setting {
  readonly context: Context;
  /** With the record as it was found. */
  readonly known: Known & { readonly record: TopologyRecord };
  readonly observer: Observer;
  readonly timeoutMs: number;
}

/** Images by their names, each asked once. */
export class Natures {
  readonly #context: Context;
  readonly #known = new Map<string, Promise<ImageNature>>();

  constructor(context: Context) {
    this.#context = context;
  }

  of(ref: string): Promise<ImageNature> {
    const nature = this.#known.get(ref) ?? this.#find(ref);
    this.#known.set(ref, nature);
    return nature;
  }

  async #find(ref: string): Promise<ImageNature> {
    return natureOf(this.#context, await prepareImage(this.#context, { ref, named: true }));
  }
}

/**
 * Where the nodes stand on the way to the image that the record names.
 * @param record as it is to be
 * @param other the image of a node whose container is not there
 * @returns undefined when nobody is master now
 */
export async function rollFacts(
  { context, observer }: Setting,
  record: TopologyRecord,
  other: string,
  natures: Natures,
  backwards: boolean,
): Promise<RollFacts | undefined> {
  const [observation, running, target] = await Promise.all([
    lookTwice(observer),
    findRunning(context.engine, record.spec.name, record),
    natures.of(record.spec.image.ref),
  ]);
  const [alone, ...others] = ofKind(record.placement.nodes, 'redis');
  // Nobody else could be.
  const only = others.length === 0 ? alone?.name : undefined;
  const master = masterOf(expectRecord(record), observation) ?? only;
  if (master === undefined) return undefined;
  const seenOf = (name: string) => running.nodes.find((each) => each.name === name);
  const toGo = new Map<string, NodeToGo>();
  for (const node of record.placement.nodes) {
    const seen = seenOf(node.name);
    const image = seen?.image ?? other;
    if (image === record.spec.image.ref && seen?.state === 'running') continue;
    const answers = observation.nodes.find(({ name }) => name === node.name)?.answer.reached;
    const copied = await copiedFrom(context, record, node.name);
    toGo.set(node.name, {
      image,
      answers: answers === true,
      unreadable: !readsDataOf(target, await natures.of(image)),
      hasCopy: copied === record.spec.image.ref,
      isKept: copied === other && image !== other,
    });
  }
  // A replica that has to go back copies all data again: what it has is removed first.
  if ([...toGo.values()].some(({ unreadable }) => unreadable))
    await rejectLinkedData(context, record);
  const present = await natures.of(seenOf(master)?.image ?? other);
  return {
    ...identityFor(record.placement),
    record,
    directory: join(context.home, record.spec.name),
    server: target.server,
    version: target.version,
    master,
    toGo,
    backwards,
    canFollow: readsDataOf(present, target),
  };
}

/** A connection that has been broken shows only when it is used; the next one is a new one. */
async function lookTwice(observer: Observer): Promise<Observation> {
  const first = await observer.look();
  const isCutShort = first.nodes.some(
    ({ container, answer }) => container === 'running' && !answer.reached,
  );
  return isCutShort ? observer.look() : first;
}

/** The image that a node's conf was kept for; undefined when there is no copy. */
async function copiedFrom(
  context: Context,
  record: TopologyRecord,
  name: string,
): Promise<string | undefined> {
  const node = record.placement.nodes.find((each) => each.name === name);
  if (node === undefined) return undefined;
  const path = copyPath(confPath(join(context.home, record.spec.name), node));
  const copy = await context.files.of(record).readText(path);
  return copy === undefined ? undefined : imageOfCopy(copy);
}

/** Name of the node that is master now; undefined when nobody is. */
export async function masterNow({ known, observer }: Setting): Promise<string | undefined> {
  return masterOf(expectRecord(known.record), await lookTwice(observer));
}
