import type {
  Examination,
  Hello,
  OtherMaster,
  SentinelUser,
  Server,
  Told,
} from '../../model/examination.js';
import type { NodeObservation } from '../../model/observation.js';
import { type Address, addressText, sameAddress } from '../../model/topology.js';
import type { Expectation } from '../../model/verdict.js';
import { provenMasters, withKin } from './kinship.js';
import { type Rename, type Renames, renamedRedis, renamedSentinel } from './rename.js';
import { type RedisVisit, toldIn, type Visit } from './visit.js';

/** All that is needed to make one examination out of visits. */
export interface Collected {
  readonly masterName: string;
  readonly visits: readonly Visit[];
  readonly hellos: readonly Hello[];
  /** Addresses that only this machine can reach. */
  readonly onlyHere: (address: Address) => boolean;
  readonly expectation?: Expectation;
  /** What the user has named as Sentinels; absent: none. */
  readonly doors?: readonly Address[];
  /** Visits of some seconds before; absent: none. */
  readonly earlier?: readonly Visit[];
  /** As whom Sentinels log in at data nodes, by the text of where each was asked; absent: nobody asked. */
  readonly sentinelUsers?: ReadonlyMap<string, readonly SentinelUser[]>;
  /** Addresses that were named and not asked, as they were too many; absent: none. */
  readonly leftOut?: number;
}

/** Visits to the same process are one server, under the address that most Sentinels hand out. */
export function assemble(collected: Collected): Examination {
  const { masterName, visits, hellos, expectation, leftOut = 0 } = collected;
  const told = toldIn(visits);
  const groups = sameProcess(visits, hellos);
  const homes = groups.map((group) => ({ group, address: homeOf(group, told, hellos) }));
  const home = new Map(
    homes.flatMap(({ group, address }) =>
      group.map((visit) => [addressText(visit.address), address] as const),
    ),
  );
  const homeAt: Rename = (address) => home.get(addressText(address)) ?? address;
  const masters = provenMasters(visits);
  const renames: Renames = {
    homeAt,
    masterOf: (replica, said) => {
      const proven = masters.get(addressText(replica));
      return homeAt(proven && sameAddress(proven.said, said) ? proven.master : said);
    },
  };
  const found = homes.map(({ group, address }) =>
    serverOf(group, address, collected, told, renames),
  );
  const servers = withKin(found, told);
  const nameAt = (text: string) =>
    servers.find((server) => server.reachedAt.some((each) => addressText(each) === text))?.name ??
    text;
  return {
    masterName,
    servers,
    leftOut,
    told: told.map((each) => ({ ...each, by: nameAt(each.by) })),
    hellos: hellos.map((hello) => ({
      ...hello,
      sentinel: homeAt(hello.sentinel),
      master: homeAt(hello.master),
    })),
    otherMasters: othersIn(visits, masterName).map((each) => ({
      ...each,
      address: homeAt(each.address),
      by: nameAt(each.by),
    })),
    ...(expectation === undefined ? {} : { expectation }),
  };
}

/** What these Sentinels monitor besides. */
function othersIn(visits: readonly Visit[], masterName: string): OtherMaster[] {
  return visits.flatMap((visit) => {
    if (visit.kind !== 'sentinel') return [];
    const others = visit.masters.filter(({ name }) => name !== masterName);
    return others.map((each) => ({ ...each, by: addressText(visit.address) }));
  });
}

/**
 * INFO's run id is one process's own, whatever addresses lead there (server.c, initServerConfig).
 * An address at which nobody answers belongs to the Sentinel that announces it with its id.
 */
function sameProcess(visits: readonly Visit[], hellos: readonly Hello[]): Visit[][] {
  const groups = new Map<string, Visit[]>();
  const keyOf = (visit: Visit): string => {
    if (visit.kind !== 'silent') return visit.facts.server.runId;
    const text = addressText(visit.address);
    const id = hellos.find(({ sentinel }) => addressText(sentinel) === text)?.sentinelId;
    const owner = visits.find((each) => each.kind === 'sentinel' && each.facts.myId === id);
    return id !== undefined && owner?.kind === 'sentinel' ? owner.facts.server.runId : text;
  };
  for (const visit of visits) {
    const key = keyOf(visit);
    groups.set(key, [...(groups.get(key) ?? []), visit]);
  }
  return [...groups.values()];
}

function homeOf(group: readonly Visit[], told: readonly Told[], hellos: readonly Hello[]): Address {
  const named = [...told.map(({ address }) => address), ...hellos.map(({ sentinel }) => sentinel)];
  const count = ({ address }: Visit) =>
    named.filter((each) => addressText(each) === addressText(address)).length;
  const [first] = [...group].sort((a, b) => count(b) - count(a));
  return first?.address ?? { ip: '', port: 0 };
}

function serverOf(
  group: readonly Visit[],
  address: Address,
  { masterName, hellos, onlyHere, expectation, doors = [], earlier = [], ...rest }: Collected,
  told: readonly Told[],
  renames: Renames,
): Server {
  const texts = group.map((visit) => addressText(visit.address));
  const visit = group.find(({ kind }) => kind !== 'silent') ?? group[0];
  const greeted = hellos.filter(({ sentinel }) => texts.includes(addressText(sentinel)));
  const roles = told.filter((each) => texts.includes(addressText(each.address)));
  const greets = greeted.some((hello) => hello.masterName === masterName);
  const isSentinel =
    visit?.kind === 'sentinel' ||
    (visit?.kind === 'silent' && (greets || roles.some(({ as }) => as === 'sentinel')));
  const kind = isSentinel ? 'sentinel' : 'redis';
  const node = expectation?.nodes.find((each) => texts.includes(addressText(each.address)));
  const name = node?.name ?? `${kind} ${addressText(address)}`;
  const greeting = visit?.greeting;
  const users = texts.map((text) => rest.sentinelUsers?.get(text)).find((each) => each);
  return {
    name,
    address,
    reachedAt: group.filter((each) => each.kind !== 'silent').map((each) => each.address),
    greetedAt: group.filter((each) => each.greeting !== undefined).map((each) => each.address),
    observed: observationOf(name, kind, visit, greeted[0]?.sentinelId, renames),
    member: roles.length > 0 || visit?.kind === 'sentinel' || greets,
    isDoor: doors.some((door) => texts.includes(addressText(door))),
    onlyHere: onlyHere(greeting?.ip === undefined ? address : { ...address, ip: greeting.ip }),
    contained: group.some((each) => each.kind !== 'silent' && each.contained),
    ...(greeting === undefined ? {} : { greeting }),
    ...(visit?.kind === 'redis' ? redisParts(visit, earlier) : {}),
    ...(users === undefined ? {} : { sentinelUsers: users }),
    ...(visit?.kind === 'sentinel' && visit.peering ? { peering: visit.peering } : {}),
  };
}

function redisParts(
  { settings, missingCommands, facts, buffered = 0 }: RedisVisit,
  earlier: readonly Visit[],
) {
  const ever = facts.fullSyncs;
  const before = earlier.find(
    (visit): visit is RedisVisit =>
      visit.kind === 'redis' && visit.facts.server.runId === facts.server.runId,
  )?.facts.fullSyncs;
  const lately = ever === undefined || before === undefined ? 0 : ever - before;
  return {
    ...(ever === undefined ? {} : { copies: { ever, lately, buffered } }),
    ...(settings === undefined ? {} : { settings }),
    ...(missingCommands === undefined ? {} : { missingCommands }),
    ...(facts.upstream === undefined ? {} : { follows: facts.upstream.master }),
  };
}

/** @param helloId stands in for SENTINEL MYID, which came with 6.2 */
function observationOf(
  name: string,
  kind: 'redis' | 'sentinel',
  visit: Visit | undefined,
  helloId: string | undefined,
  renames: Renames,
): NodeObservation {
  const base = { name, container: 'running' } as const;
  if (visit?.kind === 'redis') {
    return {
      ...base,
      kind: 'redis',
      answer: { reached: true, facts: renamedRedis(visit, renames) },
    };
  }
  if (visit?.kind === 'sentinel') {
    const myId = visit.facts.myId ?? helloId;
    const facts = {
      ...renamedSentinel(visit.facts, renames),
      ...(myId === undefined ? {} : { myId }),
    };
    return { ...base, kind: 'sentinel', answer: { reached: true, facts } };
  }
  const why = visit?.kind === 'silent' ? visit.why : 'nobody asked it';
  return { ...base, kind, answer: { reached: false, why } };
}
