import { isRefusal } from './visit.js';

const PASSWORD =
  'give its password with --password-file or RSENT_PASSWORD, and the name with --user where there are users';
const AUTHORITY = 'give the file of the authority that signed its certificate with --tls-ca';
const CLOCKS = 'compare the clocks of both machines, and look at the dates of its certificate';
const LOG = 'these are its own words: look at its log, and ask again when they are gone';
const ADDRESS =
  'check the address; the port must be published where it runs in a container, and no firewall may be between';

/** What a server's refusal, or what stands in the way to it, asks for. The first match wins. */
const REMEDIES: readonly (readonly [why: RegExp, remedy: string])[] = [
  [/^LOADING\b/, 'wait until it has read its data; INFO persistence on it says how far it is'],
  [/^BUSY\b/, 'end its script: SCRIPT KILL, or FUNCTION KILL (it has written already: wait)'],
  [/^(MOVED|ASK|CLUSTERDOWN|CROSSSLOT)\b/, 'that is Redis Cluster, which has no Sentinels'],
  [
    /max number of clients/i,
    'end connections that nobody needs (CLIENT LIST), or raise maxclients',
  ],
  [/unknown command/i, 'its commands are renamed (rename-command), or it is no Redis: ask another'],
  [/^MASTERDOWN\b/, 'bring its master back, or let the Sentinels promote another one'],
  [/^MISCONF\b/, 'see to its disk: it cannot save (INFO persistence, and its log)'],
  [/expired/, 'renew its certificate; rsent does not talk to it before'],
  [/not valid yet/, CLOCKS],
  [/does not name this address/, 'ask at an address that its certificate names'],
  [/^it speaks TLS$|certificate was not signed/, AUTHORITY],
  [
    /speaks? TLS,/,
    'look at its tls-protocols, and whether it asks for a certificate of the client',
  ],
  [/in the clear, and TLS was asked for/, 'have it speak TLS only, as the others do'],
  [
    /no Redis|as no Redis does/,
    'name the port on which Redis or Sentinel listens (26379 as a rule)',
  ],
];

/**
 * What to do about a server that cannot be asked, as a part of a sentence.
 * @param why as it was told: the server's own words (they begin with a code in capitals), or ours
 */
export function remedyFor(why: string): string {
  if (isRefusal(why)) return PASSWORD;
  const known = REMEDIES.find(([pattern]) => pattern.test(why.replace(/^-/, '')));
  if (known !== undefined) return known[1];
  return /^-?[A-Z]{3,}\b/.test(why) ? LOG : ADDRESS;
}
