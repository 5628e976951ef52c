import { type Address, sameAddress } from '../model/topology.js';
import type { Scene } from './scene.js';

/**
 * What to do about a second master. A Sentinel demotes one that it lists as a replica, eight seconds after
 * that reported to be a master, and nobody whom it considers down (sentinel.c, sentinelRefreshInstanceInfo:
 * four publish periods, sentinelRedisInstanceNoDownFor).
 */
export function remedyOfSecond({ sentinels }: Scene, second: Address, master: Address): string {
  const views = sentinels.flatMap(({ facts }) =>
    (facts?.replicas ?? []).filter(({ address }) => sameAddress(address, second)),
  );
  const follow = `REPLICAOF ${master.ip} ${master.port} on it`;
  if (views.length === 0) {
    return `no Sentinel lists it as a replica, so that none demotes it: if it belongs here, ${follow}, which takes its data away for the master’s; else give its Sentinels another master name`;
  }
  if (views.every(({ flags }) => flags.includes('s_down'))) {
    return `see why the Sentinels consider it down: whom they consider down they do not demote; ${follow} does. Until then writes to it are lost`;
  }
  return 'Sentinel demotes it within about 11 s; until then writes to it are lost';
}
