import { type NoAnswer, noAnswerOf } from '../model/no-answer.js';

/** What a server that gave no facts is found to be, and what to do then. */
export interface NoAnswerRule {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** What was seen, as a sentence about the server; its words follow. */
  readonly saw: string;
  readonly expected: string;
  /** What to type; a part of a sentence. */
  readonly fix: string;
}

const ASKED = 'leave to ask INFO and CONFIG GET';
const SERVES = 'it serves its clients';
const RUNS = 'running and answering';
const NOT_IN = 'it does not let rsent ask';
const CERTIFICATE =
  '--tls-cert FILE and --tls-key FILE, with a certificate of the authority that its tls-ca-cert-file names';

/** What keeps rsent out keeps nobody else out: no error of the deployment. */
const keptOut = (fix: string, code = 'access-refused'): NoAnswerRule => {
  return { code, severity: 'warning', saw: NOT_IN, expected: ASKED, fix };
};
const unreachable = (fix: string): NoAnswerRule => {
  return { code: 'node-unreachable', severity: 'error', saw: '', expected: RUNS, fix };
};
const notServing = (code: string, saw: string, fix: string): NoAnswerRule => {
  return { code, severity: 'error', saw, expected: SERVES, fix };
};

const ADDRESS =
  'check the address; the port must be published where it runs in a container, and no firewall may be between';
const PASSWORDS =
  'data nodes: --password-file or RSENT_PASSWORD, with --user where there are users; Sentinels, where theirs differ: --sentinel-password-file or RSENT_SENTINEL_PASSWORD, with --sentinel-user';
const CLOCKS = 'compare the clocks of both machines, and look at the dates of its certificate';
const PORT = 'name the port on which Redis or Sentinel listens (26379 as a rule)';
const RENEW = 'renew its certificate; rsent does not talk to it before';
const NAME = 'look it up: getent hosts NAME, here and on the machines of the Sentinels';

/**
 * One row for each reason why a server gives no facts (model/no-answer.ts). The doctor and `status`
 * both read it; what a row says to do holds for servers that anybody made.
 */
export const NO_ANSWERS: Readonly<Record<NoAnswer, NoAnswerRule>> = {
  NOAUTH: keptOut(`give its password. ${PASSWORDS}`),
  WRONGPASS: keptOut(`the password that was given is another one. ${PASSWORDS}`),
  NOPERM: keptOut(
    'ask as a user that may use INFO, CONFIG GET and SENTINEL: --user (for Sentinels --sentinel-user) and its password',
  ),
  DENIED: {
    code: 'protected-mode',
    severity: 'error',
    saw: 'it answers -DENIED: it is in protected mode, and talks to its own machine only',
    expected: 'a server that Sentinels and replicas on other machines can talk to',
    fix: 'set a password on it (requirepass and masterauth, the same everywhere), or in a private network CONFIG SET protected-mode no; both in its conf as well',
  },
  LOADING: notServing(
    'node-loading',
    'it is loading its data',
    'wait until it has read its data: INFO persistence on it says how far it is (loading_loaded_perc, loading_eta_seconds); SENTINEL FAILOVER NAME on a Sentinel has a replica take over sooner',
  ),
  BUSY: notServing(
    'node-busy',
    'a script keeps it from serving anyone',
    'SCRIPT KILL on it (FUNCTION KILL for a function); one that has written already can only be waited for, or ended with SHUTDOWN NOSAVE. Then have scripts work in smaller steps, or set down-after-milliseconds longer than they last',
  ),
  MISCONF: notServing(
    'disk-write-failed',
    'it cannot write to its disk, and refuses writes and PING: Sentinels consider it down',
    'free disk space, check owner and mode of its directory (CONFIG GET dir), then BGSAVE; its log has the reason',
  ),
  MASTERDOWN: notServing(
    'replica-link-down',
    'its link to its master is down, and it serves no old data (replica-serve-stale-data no)',
    'bring its master back, or let the Sentinels promote another one',
  ),
  READONLY: notServing(
    'master-not-serving',
    'it is a replica, and takes no writes',
    'ask the Sentinels for the master: SENTINEL GET-MASTER-ADDR-BY-NAME NAME',
  ),
  OOM: notServing(
    'memory-full',
    'it is over maxmemory, and may evict nothing',
    'CONFIG SET maxmemory to more, or a maxmemory-policy that evicts keys; or delete keys',
  ),
  NOREPLICAS: notServing(
    'writes-refused',
    'it hears from fewer replicas than its min-replicas-to-write',
    'start replicas; or CONFIG SET min-replicas-to-write to a number that is there, and accept the risk',
  ),
  CLUSTERDOWN: notServing(
    'cluster-enabled',
    'it is a node of Redis Cluster, which has no Sentinels',
    'cluster-enabled no in its conf, and a restart; or name another server',
  ),
  'max-clients': notServing(
    'clients-full',
    'it takes no more connections, so that neither clients nor Sentinels get in',
    'end connections that nobody needs (CLIENT LIST, CLIENT KILL, over a connection that is open already), or restart it; then raise maxclients, and its limit on open files (ulimit -n) with it',
  ),
  'unknown-command': keptOut(
    'it knows a command of rsent by no such name: its commands are renamed (rename-command), or it is no Redis. Ask another server',
  ),

  'certificate-required': keptOut(`show it a certificate: ${CERTIFICATE}`),
  'unknown-ca': keptOut(
    'the certificate of --tls-cert is of another authority: take one that the authority in its tls-ca-cert-file has signed',
  ),
  'bad-certificate': keptOut(
    'the certificate of --tls-cert is not one that it takes: openssl x509 -in FILE -text shows what it is for (clientAuth must be allowed) and who signed it',
  ),
  'certificate-expired': keptOut(
    'take a certificate for --tls-cert that has not expired: openssl x509 -in FILE -enddate shows the day',
  ),
  'protocol-version': keptOut(
    'CONFIG GET tls-protocols on it: TLSv1.2 or TLSv1.3 must be among them',
  ),
  'handshake-failure': keptOut(
    `before TLS 1.3 that is how it says that it wants a certificate of its clients: ${CERTIFICATE}; or it shares no cipher: CONFIG GET tls-ciphers on it`,
  ),
  'tls-wanted': keptOut('give the file of the authority that signed its certificate with --tls-ca'),
  'tls-and-certificate-wanted': keptOut(
    `give the file of the authority that signed its certificate with --tls-ca, and show it a certificate: ${CERTIFICATE}`,
  ),
  'tls-unusable': keptOut(
    'look at its tls-protocols and tls-ciphers: TLSv1.2 or TLSv1.3 must be among them',
  ),
  'no-tls': keptOut('look at its port and tls-port: it must speak TLS at this address'),
  'other-authority': keptOut(
    'the file of --tls-ca is of another authority: openssl s_client -connect HOST:PORT -showcerts shows who signed its certificate',
  ),
  'server-expired': keptOut(RENEW),
  'server-early': keptOut(CLOCKS),
  'server-name': keptOut('ask at an address that its certificate names'),

  refused: unreachable(ADDRESS),
  'no-route': unreachable('ip route get ADDRESS shows the way that this machine would take'),
  unanswered: unreachable(ADDRESS),
  late: unreachable(ADDRESS),
  frozen: {
    code: 'node-frozen',
    severity: 'error',
    saw: 'it takes connections and says nothing: it is frozen (paused, SIGSTOP), swapping, stuck in a look-up or on its disk, or somebody holds all its clients back (CLIENT PAUSE)',
    expected: RUNS,
    fix: 'look at its process on its machine: its state (T is stopped, D waits for a disk) and what it waits for; docker unpause where it is a paused container. CLIENT PAUSE ends by itself at its time, and until then nothing else ends it but a restart',
  },
  'held-back': notServing(
    'writes-paused',
    'somebody holds all its clients back (CLIENT PAUSE): Sentinels consider it down',
    'wait: CLIENT PAUSE ends by itself at its time, and before that only a restart ends it, as CLIENT UNPAUSE has to wait, too',
  ),
  'hung-up': unreachable(
    'look at its log; between it and this machine somebody may close connections',
  ),
  'hung-up-at-once': unreachable(
    'look whether the server runs: where a proxy or a published port stands before it, that hangs up when nobody is behind it',
  ),
  unresolved: unreachable(NAME),
  'unresolved-now': unreachable(NAME),
  'unresolved-late': unreachable(NAME),
  'no-address': unreachable('look at the address that was given'),
  'no-port-left': unreachable(
    'wait a minute, or look at what uses the ports of this machine: ss -s',
  ),
  'no-file-left': unreachable('ulimit -n with a larger number in this shell, then ask again'),

  http: keptOut(PORT, 'not-redis'),
  ssh: keptOut(PORT, 'not-redis'),
  other: keptOut(PORT, 'not-redis'),

  'withheld-plain': keptOut('have it speak TLS only, as the others do'),
  'withheld-unnamed': keptOut('if it is yours, name it, too, with --node'),
  unknown: keptOut(
    'these are its own words, which no rule of rsent knows: its log may say more',
    'unknown-words',
  ),
};

/** The row for a server's words, or for what rsent said of it. */
export function ruleFor(why: string): NoAnswerRule {
  return NO_ANSWERS[noAnswerOf(why)];
}
