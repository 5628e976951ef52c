import { createConnection, isIP, type Socket } from 'node:net';
import { connect } from 'node:tls';
import type { OwnCertificate } from '../model/access.js';
import { ASK_TIMEOUT_MS } from '../model/constants.js';
import type { Greeting } from '../model/examination.js';
import {
  isClosed,
  late,
  otherWords,
  type Refusal,
  refusalCodeOf,
  SAID,
} from '../model/no-answer.js';
import { shown } from '../model/shown.js';
import type { Address } from '../model/topology.js';
import { HUNG_UP, reasonOf } from './reasons.js';

type Heard = ({ readonly said: string } | { readonly why: string }) & { readonly ip?: string };

/**
 * How a server greets a stranger, or why nobody answers. In protected mode it says so and hangs up
 * (networking.c, acceptCommonHandler), which a client library only sees as a lost connection; and
 * whoever speaks TLS hangs up on who does not.
 * @param own the certificate that is shown to a server that speaks TLS
 */
export async function greet(
  { ip, port }: Address,
  limitMs: number = ASK_TIMEOUT_MS,
  own?: OwnCertificate,
): Promise<Greeting | { readonly why: string }> {
  // Without a host this machine itself would be dialled.
  if (ip === '' || !(port > 0)) return { why: SAID['no-address'] };
  const dial = () => createConnection({ host: ip, port });
  const plain = await hear(ip, dial, limitMs, 'connect');
  if ('said' in plain && IS_REPLY.test(plain.said)) return greetingOf(plain, false);
  if ('why' in plain && plain.why === late(limitMs, true) && (await isHeldBack(ip, dial))) {
    return { why: SAID['held-back'] };
  }
  if ('why' in plain && plain.why !== NO_WORD) return plain;
  // What is asked here is whether it speaks TLS at all, not who it is.
  const tls = () => connect({ host: ip, port, rejectUnauthorized: false, ...own });
  const [secret, unasked] = await Promise.all([
    hear(ip, tls, limitMs, 'secureConnect'),
    // A hang-up that crosses with our words takes away what was said before it.
    hear(ip, dial, Math.min(limitMs, UNASKED_MS)),
  ]);
  if ('said' in secret) return greetingOf(secret, true);
  if ('said' in unasked && IS_REPLY.test(unasked.said)) return greetingOf(unasked, false);
  if (REFUSES_US.includes(secret.why)) {
    const shut = { tls: true, open: false, closed: false, denied: false } as const;
    return { ...shut, words: secret.why, ...dialled(secret) };
  }
  return { why: 'said' in plain ? wordsOfOther(plain.said) : NO_WORD };
}

/**
 * True where a server reads what it is sent and lets no command through: what is no command is answered
 * all the same, before it is looked whether clients are paused (networking.c, processInlineBuffer, from
 * 6.2 on). A process that is frozen, or at work on something else, reads nothing.
 */
async function isHeldBack(host: string, dial: () => Socket): Promise<boolean> {
  const heard = await hear(host, dial, UNASKED_MS, 'connect', NO_COMMAND);
  return 'said' in heard && heard.said.startsWith('-ERR Protocol error');
}

/** A quote without its end. */
const NO_COMMAND = '"\r\n';

/** An alert of TLS, to whom does not speak it (RFC 8446, B.1). */
const ALERT = '\x15\x03';

/** Who is there, where neither Redis nor TLS is. */
function wordsOfOther(said: string): string {
  if (said.startsWith(ALERT)) return SAID['tls-unusable'];
  if (said.startsWith('HTTP/')) return SAID.http;
  if (said.startsWith('SSH-')) return SAID.ssh;
  return otherWords(shown(said.split(/[\r\n]/, 1)[0]));
}

/** The error that a server says before it is asked anything; undefined when it says none. */
export async function unaskedWords({ ip, port }: Address): Promise<string | undefined> {
  const heard = await hear(ip, () => createConnection({ host: ip, port }), UNASKED_MS);
  const [line = ''] = 'said' in heard ? heard.said.split('\r\n') : [];
  return line.startsWith('-') ? line.slice(1) : undefined;
}

/** Who speaks first does so at once (ms). */
const UNASKED_MS = 300;
const IS_REPLY = /^[-+]/;
const NO_WORD = SAID['hung-up-at-once'];
/** Alerts with which a server that does speak TLS turns this machine away. */
const REFUSES_US: readonly string[] = [
  ...[SAID['certificate-required'], SAID['unknown-ca'], SAID['bad-certificate']],
  ...[SAID['certificate-expired'], SAID['protocol-version'], SAID['handshake-failure']],
];

/** An error that comes before the password is asked for says nothing about the door (server.c, processCommand). */
const BEHIND_THE_DOOR: readonly (Refusal | undefined)[] = [
  ...(['LOADING', 'BUSY', 'MISCONF', 'MASTERDOWN', 'READONLY'] as const),
  ...(['OOM', 'NOREPLICAS', 'CLUSTERDOWN'] as const),
];

/** Where a name led to. */
function dialled({ ip }: Heard): Pick<Greeting, 'ip'> {
  return ip === undefined ? {} : { ip };
}

function greetingOf(heard: Extract<Heard, { said: string }>, tls: boolean): Greeting {
  const [line = ''] = heard.said.split('\r\n', 1);
  const base = { tls, ...dialled(heard) };
  if (line.startsWith('+')) return { ...base, open: true, closed: false, denied: false };
  const words = line.slice(1);
  const refusal = refusalCodeOf(words);
  return {
    ...base,
    open: BEHIND_THE_DOOR.includes(refusal),
    closed: isClosed(words),
    denied: refusal === 'DENIED',
    words,
  };
}

/**
 * The first words of whoever is there.
 * @param host whom `dial` calls
 * @param ready the event after which it is sent these words; without one it is only listened to
 */
function hear(
  host: string,
  dial: () => Socket,
  limitMs: number,
  ready?: string,
  words = 'PING\r\n',
): Promise<Heard> {
  return new Promise((resolve) => {
    let socket: Socket;
    try {
      socket = dial();
    } catch {
      // A port that is none, as a Sentinel may hand out any text.
      resolve({ why: SAID['no-address'] });
      return;
    }
    let taken = false;
    // An IP address is not looked up.
    const isName = isIP(host) === 0;
    let isLookedUp = !isName;
    let ip: string | undefined;
    const giveUp = () => end({ why: isLookedUp ? late(limitMs, taken) : SAID['unresolved-late'] });
    const timer = setTimeout(giveUp, limitMs);
    const end = (heard: Heard) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(ip === undefined ? heard : { ...heard, ip });
    };
    socket.once('lookup', () => {
      isLookedUp = true;
    });
    socket.once('connect', () => {
      taken = true;
      if (isName) ip = socket.remoteAddress;
    });
    if (ready !== undefined) socket.on(ready, () => socket.write(words));
    socket.on('data', (data) => end({ said: data.toString('latin1') }));
    socket.on('error', (error) => end({ why: whyNot(error) }));
    socket.on('close', () => end({ why: NO_WORD }));
  });
}

/** Why nothing was heard; a connection that was closed is one that was closed without a word. */
function whyNot(error: unknown): string {
  const reason = reasonOf(error);
  return reason === HUNG_UP ? NO_WORD : reason;
}
