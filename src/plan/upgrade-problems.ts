import type { TopologySpec } from '../model/spec.js';
import type { TopologyRecord } from '../model/topology.js';
import { isAtLeast } from '../model/version.js';
import { canRead, type ImageNature, readsAofOf } from './formats.js';

/** What decides whether a topology can go to an image at all. */
export interface UpgradeAsk {
  readonly record: TopologyRecord;
  /** The image that is asked for. */
  readonly image: string;
  readonly target: ImageNature;
  /** Images whose data the target has to read, and how each writes. */
  readonly writers: ReadonlyMap<string, ImageNature>;
  readonly allowUnsafe: boolean;
}

/** Sentinel has users since (redis.io/docs, Sentinel, ACL). */
const SENTINEL_USERS_SINCE = '6.2.0';

/** Why not, a line each; none when it can. */
export function upgradeProblems(ask: UpgradeAsk): string[] {
  return [
    ...unfinishedProblems(ask),
    ...dataProblems(ask),
    ...featureProblems(ask),
    ...(ask.allowUnsafe ? [] : downtimeProblems(ask.record.spec)),
  ];
}

function unfinishedProblems({ record: { spec, unfinished = {} } }: UpgradeAsk): string[] {
  const { upgradingFrom: _, ...others } = unfinished;
  const begun = Object.keys(others).length > 0;
  return begun ? [`something else is begun and not ended; rsent up ${spec.name} ends it`] : [];
}

function dataProblems({ image, target, writers }: UpgradeAsk): string[] {
  return [...writers].flatMap(([ref, writer]) => {
    if (!canRead(target.format, writer.format)) {
      return [
        `${image} (${target.version}) cannot read the data that ${ref} (${writer.version}) writes: that is ${writer.format}, its own is ${target.format}`,
      ];
    }
    if (readsAofOf(target, writer)) return [];
    return [
      `${image} (${target.version}) cannot read the append-only files of ${ref} (${writer.version}): since 7.0 they are a directory`,
    ];
  });
}

function featureProblems({ record: { spec }, image, target }: UpgradeAsk): string[] {
  const { acl, tls } = spec.security;
  const hasUsers = isAtLeast(target.version, SENTINEL_USERS_SINCE);
  return [
    ...(acl && !hasUsers
      ? [`acl is on, and the Sentinel of ${image} (${target.version}) has no users; 6.2 has`]
      : []),
    ...(tls && !target.tls ? [`tls is on, and ${image} was built without TLS`] : []),
  ];
}

/** Where taking one node away stops the writes, or leaves nobody who could fail over. */
function downtimeProblems({ replicas, sentinels, guard }: TopologySpec): string[] {
  const unsafe = '--allow-unsafe does it all the same';
  if (replicas === 0) {
    return [`it has no replica that could be master meanwhile: clients would wait; ${unsafe}`];
  }
  const lines: string[] = [];
  if (replicas <= guard.minReplicas) {
    lines.push(
      `the master takes no writes while fewer than ${guard.minReplicas} replicas answer (min-replicas-to-write), and it has ${replicas}: clients would wait for each replica; ${unsafe}`,
    );
  }
  if (sentinels < 3) {
    lines.push(
      `it has ${sentinels} Sentinel${sentinels === 1 ? '' : 's'}: with one away nobody could fail over; ${unsafe}`,
    );
  }
  return lines;
}
