import { randomBytes } from 'node:crypto';
import { failedWith } from '../engine/engine.js';
import { makeOrigin } from '../host/origin.js';
import type { TopologySpec } from '../model/spec.js';
import {
  addressText,
  type Placement,
  type RunningTopology,
  type TopologyRecord,
  type Unfinished,
  withUnfinished,
} from '../model/topology.js';
import { place } from '../plan/place.js';
import type { Context } from './context.js';
import { rejectCrowd } from './crowd.js';
import { chooseLayout } from './layout.js';
import { type Avoid, placeAgain } from './place-again.js';
import { chooseStorage } from './storage.js';
import { surroundings } from './survey.js';
import { UnhealthyError } from './unhealthy.js';

/** Where the nodes are to live; with `why` when the form was chosen now. */
export interface Placed {
  readonly record: TopologyRecord;
  readonly why?: string;
}

/** What more is known of a topology that is placed. */
export interface Placing {
  readonly begins?: Unfinished;
  readonly storage?: Pick<Placement, 'storage'> | undefined;
}

/**
 * Where the nodes live: as recorded, with ports and addresses that are free now, or chosen for a
 * new topology.
 * @param begins what the verb begins, kept with the record
 * @param storage what `chooseStorage` said, where it was asked already
 * @throws RsentError `topology` or `spec` when there is no place
 */
export async function placeRecord(
  context: Context,
  spec: TopologySpec,
  existing: TopologyRecord | undefined,
  running: RunningTopology,
  avoid: Avoid,
  { begins = {}, storage }: Placing = {},
): Promise<Placed> {
  if (existing !== undefined) {
    const isAsleep = running.nodes.length === 0;
    if (isAsleep && existing.placement.form === 'bridge') await rejectCrowd(context, existing.spec);
    const record = await placeAgain(context, existing, running, avoid);
    return { record: beginning(record, begins) };
  }
  const layout = await chooseLayout(context, spec, avoid.shown);
  const [around, stored] = await Promise.all([
    surroundings(context, spec, { published: { ip: layout.publish } }),
    storage ?? chooseStorage(context, spec, undefined),
  ]);
  const taken = {
    takenSubnets: [...around.takenSubnets, ...avoid.subnets],
    takenPorts: [...around.takenPorts, ...avoid.ports],
    ...(around.pools === undefined ? {} : { pools: around.pools }),
  };
  const newId = () => randomBytes(20).toString('hex');
  const placement = { ...place(spec, layout, taken, newId), ...stored };
  const origin = await makeOrigin(context.state);
  const record = { schemaVersion: 1, origin, spec, placement } as const;
  return { record: beginning(record, begins), why: layout.why };
}

/** Who resets a topology waits for the data of a backup no more, and expects none of before. */
function beginning({ proven, ...record }: TopologyRecord, begins: Unfinished): TopologyRecord {
  const { restoring, ...others } = { ...record.unfinished, ...begins };
  const kept = proven === undefined || others.resetting ? record : { ...record, proven };
  return withUnfinished(kept, {
    ...others,
    ...(restoring && !others.resetting ? { restoring } : {}),
  });
}

/** Someone was faster, or the engine is another than it seemed: note what to step around. */
export function mayTryElsewhere(
  error: unknown,
  record: TopologyRecord,
  existing: TopologyRecord | undefined,
  avoid: Avoid,
): boolean {
  const { placement } = record;
  if (failedWith(error, 'subnet-taken') && !placement.joined) {
    avoid.subnets.push(placement.subnet);
    return true;
  }
  if (existing === undefined && !placement.joined && isMasqueraded(error)) {
    avoid.subnets.push(placement.subnet);
    return true;
  }
  if (existing === undefined && failedWith(error, 'hidden-containers')) {
    avoid.shown = { ...avoid.shown, hidden: true };
    return true;
  }
  if (existing === undefined && failedWith(error, 'no-fixed-address') && placement.joined) {
    avoid.shown = { ...avoid.shown, noFixed: true };
    return true;
  }
  // Nobody knows those that join, nor those of a new topology: they get others.
  const isUnknown = existing === undefined || record.unfinished?.joining !== undefined;
  if (failedWith(error, 'address-taken') && placement.joined) return isUnknown;
  return failedWith(error, 'port-taken') && notePorts(error, record, avoid);
}

/** Whether a text names this address, and not one whose digits it only begins or ends with. */
function names(text: string, address: string): boolean {
  for (let at = text.indexOf(address); at >= 0; at = text.indexOf(address, at + 1)) {
    const around = `${text.charAt(at - 1)}${text.charAt(at + address.length)}`;
    if (!/\d/.test(around)) return true;
  }
  return false;
}

/** A rule of the engine's host is for the subnet: on another one the nodes see each other. */
function isMasqueraded(error: unknown): boolean {
  return (
    error instanceof UnhealthyError &&
    error.verdict.findings.some(({ code }) => code === 'nodes-masqueraded')
  );
}

/** The ports that the engine's words name; one that the user named cannot be another. */
function notePorts(error: Error, { spec, placement }: TopologyRecord, avoid: Avoid): boolean {
  const clashes = placement.nodes.filter(({ published }) =>
    names(error.message, addressText(published)),
  );
  const isNamed = clashes.some(({ kind, name }) => {
    const choice = kind === 'redis' ? spec.redisPorts : spec.sentinelPorts;
    const own = spec.nodes?.[kind][Number(name.split('-')[1]) - 1];
    return choice.named || own?.port !== undefined;
  });
  const holder = 'another process';
  avoid.ports.push(...clashes.map(({ published }) => ({ port: published.port, holder })));
  return clashes.length > 0 && !isNamed;
}
