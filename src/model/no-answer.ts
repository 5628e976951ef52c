/** What a server answers instead, by the first word of its error (networking.c, server.c, acl.c). */
export type Refusal =
  | 'NOAUTH'
  | 'WRONGPASS'
  | 'NOPERM'
  | 'DENIED'
  | 'LOADING'
  | 'BUSY'
  | 'MISCONF'
  | 'MASTERDOWN'
  | 'READONLY'
  | 'OOM'
  | 'NOREPLICAS'
  | 'CLUSTERDOWN'
  | 'max-clients'
  | 'unknown-command';

/** An alert with which a server ends a handshake (RFC 8446, section 6.2). */
export type Alert =
  | 'certificate-required'
  | 'unknown-ca'
  | 'bad-certificate'
  | 'certificate-expired'
  | 'protocol-version'
  | 'handshake-failure';

/** What rsent says of a server that it could not ask, where the server said nothing that it could use. */
export const SAID = {
  // TLS, as the server and this machine see each other
  'certificate-required': 'it wants a certificate of its clients, and was shown none',
  'unknown-ca': 'it does not know the authority that signed the certificate that it was shown',
  'bad-certificate': 'it does not accept the certificate that it was shown',
  'certificate-expired': 'the certificate that it was shown has expired',
  'protocol-version': 'it speaks no version of TLS that this machine speaks',
  'handshake-failure': 'it broke off the TLS handshake',
  'tls-wanted': 'it speaks TLS',
  'tls-and-certificate-wanted': 'it speaks TLS, and wants a certificate of its clients',
  'tls-unusable': 'it speaks TLS, in no way that this machine does',
  'no-tls': 'it does not speak TLS, or in no way that this machine does',
  'other-authority': 'its certificate was not signed by the authority that rsent knows',
  'server-expired': 'its certificate has expired',
  'server-early': 'its certificate is not valid yet: compare the clocks',
  'server-name': 'its certificate does not name this address',
  // the way to it
  refused: 'connection refused',
  'no-route': 'there is no route to it',
  'held-back': 'it reads what it is sent, and lets no command through',
  unanswered: 'no answer to the attempt to connect',
  'hung-up': 'the connection was closed',
  'hung-up-at-once': 'it hangs up without a word',
  unresolved: 'its name cannot be resolved',
  'unresolved-now': 'its name cannot be resolved at the moment',
  'unresolved-late': 'its name was not resolved in time',
  'no-address': 'that is no address',
  'no-port-left': 'this machine has no address left to call it from',
  'no-file-left': 'this machine has no file descriptor left (ulimit -n)',
  // somebody else
  http: 'it speaks HTTP, and is no Redis',
  ssh: 'it speaks SSH, and is no Redis',
  // what rsent keeps to itself
  'withheld-plain': 'it wants a password in the clear, and TLS was asked for',
  'withheld-unnamed': 'it wants a password, and was not told it, as only others have named it',
} as const;

/** Why a server gave no facts: each of these is a fact of its own. `unknown` is quoted, and no more. */
export type NoAnswer = Refusal | keyof typeof SAID | 'late' | 'frozen' | 'other' | 'unknown';

/** Nothing came in time (ms); `taken`: the connection was made, so that somebody is there. */
export function late(limitMs: number, taken: boolean): string {
  return `no answer within ${limitMs} ms${taken ? TAKEN : ''}`;
}

const TAKEN = ', though it takes connections';

/** Words of a service that is no Redis, as they were heard. */
export function otherWords(shown: string): string {
  return `it says ${shown}${OTHER}`;
}

const OTHER = ', as no Redis does';

/** First words of error replies that mean one thing alone. */
const FIRST: Readonly<Record<string, Refusal>> = {
  NOAUTH: 'NOAUTH',
  WRONGPASS: 'WRONGPASS',
  NOPERM: 'NOPERM',
  DENIED: 'DENIED',
  LOADING: 'LOADING',
  BUSY: 'BUSY',
  MISCONF: 'MISCONF',
  MASTERDOWN: 'MASTERDOWN',
  READONLY: 'READONLY',
  OOM: 'OOM',
  NOREPLICAS: 'NOREPLICAS',
  CLUSTERDOWN: 'CLUSTERDOWN',
  MOVED: 'CLUSTERDOWN',
  ASK: 'CLUSTERDOWN',
  CROSSSLOT: 'CLUSTERDOWN',
  TRYAGAIN: 'CLUSTERDOWN',
};

/** What follows ERR, where that is what tells (networking.c, acl.c before 6.0, server.c). */
const AFTER_ERR: readonly (readonly [begins: string, Refusal])[] = [
  ['max number of clients', 'max-clients'],
  ['max number of connections', 'max-clients'],
  ['invalid password', 'WRONGPASS'],
  ['unknown command', 'unknown-command'],
];

/** What stands behind these words: a server's own, or those of `SAID`. */
export function noAnswerOf(why: string): NoAnswer {
  const own = Object.entries(SAID).find(([, sentence]) => sentence === why);
  if (own !== undefined) return own[0] as keyof typeof SAID;
  if (why.startsWith('no answer within')) return why.endsWith(TAKEN) ? 'frozen' : 'late';
  if (why.endsWith(OTHER)) return 'other';
  return refusalCodeOf(why) ?? 'unknown';
}

/** What an error reply refuses, by its first word; undefined for one that no rule knows. */
export function refusalCodeOf(reply: string): Refusal | undefined {
  const [first = '', ...rest] = reply.replace(/^-/, '').split(' ');
  if (first !== 'ERR') return Object.hasOwn(FIRST, first) ? FIRST[first] : undefined;
  const text = rest.join(' ').toLowerCase();
  return AFTER_ERR.find(([begins]) => text.startsWith(begins))?.[1];
}

/** True when these are the words of a server that wants to know who asks. */
export function isClosed(why: string): boolean {
  const refusal = refusalCodeOf(why);
  return refusal === 'NOAUTH' || refusal === 'WRONGPASS' || refusal === 'NOPERM';
}
