import { isLoopback } from '../../model/topology.js';
import type { Finding } from '../../model/verdict.js';
import {
  type Case,
  finding,
  isRefusing,
  type RedisServer,
  subjectOf,
  titleOf,
  viewsOf,
} from './case.js';

/** Findings about passwords and doors: who would not be let in when roles change. */
export function judgeAccess(seen: Case): Finding[] {
  return [
    ...judgeMasterauth(seen),
    ...judgePasswords(seen),
    ...judgeAuthPass(seen),
    ...judgeOpen(seen),
  ];
}

function isClosed({ greeting }: RedisServer): boolean {
  return greeting?.closed === true;
}

/** The master needs it as well: it will be a replica one day. */
function judgeMasterauth({ redis }: Case): Finding[] {
  if (!redis.some(isClosed)) return [];
  return redis
    .filter(({ settings }) => settings?.get('masterauth') === '')
    .map((server) => ({
      ...finding(
        'error',
        'masterauth-missing',
        server.name,
        `it is ${server.facts.role === 'master' ? 'the master' : 'a replica'} and has no masterauth, but the data nodes want a password`,
        'masterauth on every data node, the present master too',
        'CONFIG SET masterauth PASSWORD on it (with users also masteruser), then CONFIG REWRITE, or the same in its conf',
      ),
      about: server.address,
    }));
}

/** Sentinel knows one password for all data nodes; a replica knows one for whoever is master. */
function judgePasswords({ redis }: Case): Finding[] {
  const passwords = new Set(redis.map(({ settings }) => settings?.get('requirepass') ?? ''));
  passwords.delete('');
  const differ =
    passwords.size < 2
      ? []
      : [
          finding(
            'error',
            'passwords-differ',
            subjectOf(redis),
            'their requirepass is not the same',
            'one password on all data nodes: Sentinel can be told only one',
            'CONFIG SET requirepass and CONFIG SET masterauth, with the same password, on every data node, then CONFIG REWRITE',
          ),
        ];
  const wrong = redis.filter(({ settings }) => {
    const known = settings?.get('masterauth') ?? '';
    // With a user of its own the password is that user's.
    if (known === '' || settings?.get('masteruser') !== '' || passwords.size === 0) return false;
    return !passwords.has(known);
  });
  return [
    ...differ,
    ...wrong.map((server) => ({
      ...finding(
        'error',
        'masterauth-wrong',
        server.name,
        'its masterauth is not the requirepass of any data node',
        'the password of the others',
        'CONFIG SET masterauth PASSWORD on it, with the requirepass of the others, then CONFIG REWRITE',
      ),
      about: server.address,
    })),
  ];
}

/** A Sentinel that is not let in gets an error for every PING, which it counts as no answer. */
function judgeAuthPass({ redis, sentinels, examination }: Case): Finding[] {
  return sentinels.flatMap((sentinel) => {
    // In a container, or on another machine, a loopback address is not the one that answered here.
    const isAlike = isLoopback(sentinel.address.ip) && !sentinel.contained;
    const candidates = redis.filter((server) => {
      return isClosed(server) && (isAlike || !isLoopback(server.address.ip));
    });
    const lost = candidates.filter(
      (server) => viewsOf(server.address, [sentinel]).some(isRefusing) && !isOutOfOrder(server),
    );
    if (lost.length === 0) return [];
    return [
      finding(
        'error',
        'auth-pass-missing',
        sentinel.name,
        `${lost.map(titleOf).join(', ')} answers here and wants a password, and refuses the PINGs of this Sentinel, for which it is down`,
        'a Sentinel that is let in',
        `SENTINEL SET ${examination.masterName} auth-pass PASSWORD on it (with users also auth-user; the user needs the rights of a Sentinel)`,
      ),
    ];
  });
}

/** It may refuse a PING with -MISCONF, whoever sends it (server.c, processCommand). */
function isOutOfOrder({ facts }: RedisServer): boolean {
  return !facts.lastSaveOk || !facts.lastWriteOk;
}

/** Where only this machine gets (its loopback, its container bridges) nobody else walks in. */
function judgeOpen({ ours, members }: Case): Finding[] {
  if (ours) return [];
  const open = members.filter(({ greeting, onlyHere }) => greeting?.open === true && !onlyHere);
  if (open.length === 0) return [];
  return [
    finding(
      'warning',
      'open-to-others',
      subjectOf(open),
      'they do what anybody asks who can reach them, without a password',
      'a password, or addresses that nobody else reaches',
      'requirepass and masterauth on data nodes, then SENTINEL SET auth-pass, requirepass and sentinel-pass on Sentinels; or a firewall',
    ),
  ];
}
