import { RsentError } from '../model/errors.js';
import { settingText } from '../model/settings.js';
import type { TopologySpec } from '../model/spec.js';
import type { TopologyRecord } from '../model/topology.js';
import {
  type Difference,
  differences,
  differenceText,
  wayText,
  withLive,
  withRecreated,
} from '../spec/differences.js';
import { changeLive } from './change.js';
import type { Context } from './context.js';
import { findRecorded } from './find.js';
import type { Told } from './tell.js';

/** What `up` is to change of a topology that exists. */
export interface ChangeAsked {
  readonly spec: TopologySpec;
  readonly differences: readonly Difference[];
}

/**
 * What is asked to be other than it is; undefined when nothing is.
 * @param recreate containers may be made anew for it
 * @param variables that ask for something, by the names of the flags that they stand for
 * @throws RsentError `topology` when anything is asked that `up` cannot change, each with its way
 */
export function changeOf(
  existing: TopologySpec,
  asked: TopologySpec,
  recreate: boolean,
  variables: ReadonlyMap<string, string> = new Map(),
): ChangeAsked | undefined {
  const found = differences(existing, asked);
  const others = found.filter(({ way }) => way !== 'live' && !(recreate && way === 'recreate'));
  if (others.length === 0) {
    if (found.length === 0) return undefined;
    const spec = recreate ? withRecreated(existing, asked) : withLive(existing, asked);
    return { spec, differences: found };
  }
  const { name } = existing;
  const list = found.map((each) => `  - ${differenceText(each)}: ${wayText(each, name)}`);
  throw new RsentError(
    'topology',
    `${name} exists already, and differs from what is asked:\n${list.join('\n')}`,
    { hint: `Nothing was changed. ${withoutThese(name, found, variables)}` },
  );
}

/** A variable asks again each time, whatever is typed. */
function withoutThese(
  name: string,
  found: readonly Difference[],
  variables: ReadonlyMap<string, string>,
): string {
  const asking = found.flatMap(({ what }) => variables.get(what) ?? []).join(' ');
  return asking === ''
    ? `rsent up ${name} without these brings it up as it is.`
    : `It is asked for by the environment. To bring it up as it is: unset ${asking}; rsent up ${name}`;
}

/**
 * Make the change on a topology that was brought up without it.
 * @returns its record afterwards
 * @throws RsentError as `changeLive` does
 */
export async function converge(
  context: Context,
  name: string,
  { spec }: ChangeAsked,
  timeoutMs: number,
): Promise<TopologyRecord> {
  return changeLive(context, await findRecorded(context, name), spec, timeoutMs);
}

/** What was changed, a line each: what was asked, and what was put right on single nodes. */
export function changeLines(change: ChangeAsked | undefined, told: readonly Told[]): string[] {
  return [
    ...(change?.differences ?? []).map(({ what, was, now }) => `${what}: ${was} -> ${now}`),
    ...told.map(
      ({ node, name, was, now }) => `${node}: ${name}: ${settingText(was)} -> ${settingText(now)}`,
    ),
  ];
}
