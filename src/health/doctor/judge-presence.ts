import { addressText, sameAddress } from '../../model/topology.js';
import type { Finding } from '../../model/verdict.js';
import { type Case, finding, type SilentServer, viewsOf } from './case.js';
import { isMeaningless } from './judge-addresses.js';
import { remedyFor } from './remedies.js';
import { WITHHELD } from './trust.js';

/**
 * Findings about servers that are known and did not answer here. Of its own topologies rsent asks the
 * engine instead.
 */
export function judgePresence(seen: Case): Finding[] {
  if (seen.ours) return [];
  const meaningless = seen.examination.told.filter((told) => isMeaningless(seen, told));
  const silent = seen.silent.filter(
    (server) => !meaningless.some(({ address }) => sameAddress(address, server.address)),
  );
  return [
    ...silent.map((server) => judgeSilent(seen, server)),
    ...judgeAliases(seen),
    ...judgeLeftOut(seen),
  ];
}

function judgeLeftOut({ examination: { leftOut, masterName } }: Case): Finding[] {
  if (leftOut === 0) return [];
  return [
    finding(
      'warning',
      'too-many-servers',
      masterName,
      `${leftOut} more addresses are named under this master, and were not asked`,
      'no more servers than take part',
      'look at SENTINEL REPLICAS and SENTINEL SENTINELS, and at who may publish on the data nodes',
    ),
  ];
}

function judgeSilent(seen: Case, server: SilentServer): Finding {
  const { why, greeting, state, name } = server;
  if (greeting?.denied) {
    return finding(
      'error',
      'protected-mode',
      name,
      'it answers -DENIED: it is in protected mode, and talks to its own machine only',
      'a server that Sentinels and replicas on other machines can talk to',
      'set a password on it (requirepass and masterauth, the same everywhere), or in a private network CONFIG SET protected-mode no; both in its conf as well',
    );
  }
  if (greeting !== undefined) {
    return finding(
      'warning',
      'access-refused',
      name,
      `it does not let rsent ask: ${why}`,
      'leave to ask INFO and CONFIG GET',
      remedyOf(server),
    );
  }
  if (state === 'alive') return unreachable(seen, server.address, why);
  return state === 'gone' ? ghost(seen, server) : down(seen, server);
}

function remedyOf({ why, address }: SilentServer): string {
  if (why === WITHHELD.unnamed)
    return `if it is yours, name it, too: --node ${addressText(address)}`;
  return remedyFor(why);
}

function unreachable(seen: Case, address: SilentServer['address'], why: string): Finding {
  const text = addressText(address);
  const by = seen.examination.told.filter((told) => sameAddress(told.address, address));
  return finding(
    'error',
    'address-unreachable',
    [...new Set(by.map((told) => told.by))].join(', ') || text,
    `it tells clients ${text}, and this machine cannot reach that: ${why}; the Sentinels can`,
    'every address that a Sentinel hands out can be dialled from where the clients are',
    'run the clients in the network of the nodes; or publish each port under its own number and announce the address of the host (replica-announce-ip, sentinel announce-ip, and sentinel monitor with it); or have the client translate (natMap of ioredis, nodeAddressMap of node-redis)',
  );
}

/**
 * Announced, but reached only under another address. Whoever wants a password there, and was not told
 * it, is there all the same.
 */
function judgeAliases(seen: Case): Finding[] {
  return seen.members.flatMap((server) => {
    if (!server.observed.answer.reached) return [];
    return [...server.reachedAt, ...server.greetedAt].some((each) =>
      sameAddress(each, server.address),
    )
      ? []
      : [unreachable(seen, server.address, 'nobody answers there')];
  });
}

function ghost({ examination, sentinels }: Case, server: SilentServer): Finding {
  const isSentinel = server.observed.kind === 'sentinel';
  const by = viewsOf(server.address, sentinels).map((view) => view.by.name);
  const line = isSentinel ? 'known-sentinel' : 'known-replica';
  return finding(
    'error',
    'ghost',
    server.name,
    `${by.join(', ')} still ${by.length > 1 ? 'count' : 'counts'} on it, and nobody has heard from it for long, or ever (${server.why})`,
    'only servers that are there',
    `on one Sentinel after the other: stop it, delete the line "sentinel ${line} ${examination.masterName} ${server.address.ip} ${server.address.port} …" from its conf, start it; SENTINEL RESET forgets the living, too`,
  );
}

function down({ sentinels }: Case, server: SilentServer): Finding {
  const by = viewsOf(server.address, sentinels).map((view) => view.by.name);
  return finding(
    'error',
    'node-down',
    server.name,
    `it does not answer here (${server.why})${by.length > 0 ? `, nor to ${by.join(', ')}` : ''}`,
    'a server that answers',
    'start it, or look at its log; if it is gone for good, have every Sentinel forget it',
  );
}
