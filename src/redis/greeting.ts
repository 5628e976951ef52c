import { createConnection, type Socket } from 'node:net';
import { connect } from 'node:tls';
import { ASK_TIMEOUT_MS } from '../model/constants.js';
import { messageOf } from '../model/errors.js';
import type { Greeting } from '../model/examination.js';
import { shown } from '../model/shown.js';
import type { Address } from '../model/topology.js';
import { HUNG_UP, reasonOf } from './reasons.js';

type Heard = { readonly said: string } | { readonly why: string };

/**
 * How a server greets a stranger, or why nobody answers. In protected mode it says so and hangs up
 * (networking.c, acceptCommonHandler), which a client library only sees as a lost connection; and
 * whoever speaks TLS hangs up on who does not.
 */
export async function greet(
  { ip, port }: Address,
  limitMs: number = ASK_TIMEOUT_MS,
): Promise<Greeting | { readonly why: string }> {
  const dial = () => createConnection({ host: ip, port });
  const plain = await hear(dial, limitMs, 'connect');
  if ('said' in plain && IS_REPLY.test(plain.said)) return greetingOf(plain.said, false);
  if ('why' in plain && plain.why !== NO_WORD) return plain;
  // What is asked here is whether it speaks TLS at all, not who it is.
  const tls = () => connect({ host: ip, port, rejectUnauthorized: false });
  const [secret, unasked] = await Promise.all([
    hear(tls, limitMs, 'secureConnect'),
    // A hang-up that crosses with our words takes away what was said before it.
    hear(dial, Math.min(limitMs, UNASKED_MS)),
  ]);
  if ('said' in secret) return greetingOf(secret.said, true);
  if ('said' in unasked && IS_REPLY.test(unasked.said)) return greetingOf(unasked.said, false);
  if (REFUSES_US.test(secret.why)) return { tls: true, open: false, denied: false };
  return { why: 'said' in plain ? otherWords(plain.said) : NO_WORD };
}

/** An alert of TLS, to whom does not speak it (RFC 8446, B.1). */
const ALERT = '\x15\x03';

/** Who is there, where neither Redis nor TLS is. */
function otherWords(said: string): string {
  if (said.startsWith(ALERT)) return 'it speaks TLS, in no way that this machine does';
  if (said.startsWith('HTTP/')) return 'it speaks HTTP, and is no Redis';
  return `it says ${shown(said.split(/[\r\n]/, 1)[0])}, as no Redis does`;
}

/** The error that a server says before it is asked anything; undefined when it says none. */
export async function unaskedWords({ ip, port }: Address): Promise<string | undefined> {
  const heard = await hear(() => createConnection({ host: ip, port }), UNASKED_MS);
  const [line = ''] = 'said' in heard ? heard.said.split('\r\n') : [];
  return line.startsWith('-') ? line.slice(1) : undefined;
}

/** Who speaks first does so at once (ms). */
const UNASKED_MS = 300;
const IS_REPLY = /^[-+]/;
const REFUSES_US = /certificate required|bad certificate|handshake failure/i;
const NO_WORD = 'it hangs up without a word';

function greetingOf(said: string, tls: boolean): Greeting {
  return { tls, open: said.startsWith('+'), denied: said.startsWith('-DENIED') };
}

/**
 * The first words of whoever is there.
 * @param ready the event after which it is sent a PING; without one it is only listened to
 */
function hear(dial: () => Socket, limitMs: number, ready?: string): Promise<Heard> {
  return new Promise((resolve) => {
    let socket: Socket;
    try {
      socket = dial();
    } catch {
      // A port that is none, as a Sentinel may hand out any text.
      resolve({ why: 'that is no address' });
      return;
    }
    const timer = setTimeout(() => end({ why: `no answer within ${limitMs} ms` }), limitMs);
    const end = (heard: Heard) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(heard);
    };
    if (ready !== undefined) socket.on(ready, () => socket.write('PING\r\n'));
    socket.on('data', (data) => end({ said: data.toString('latin1') }));
    socket.on('error', (error) => end({ why: whyNot(error) }));
    socket.on('close', () => end({ why: NO_WORD }));
  });
}

/** What TLS complains of is looked at by the one who asked, and never told as it is. */
function whyNot(error: unknown): string {
  const text = messageOf(error);
  if (REFUSES_US.test(text)) return text;
  const reason = reasonOf(error);
  return reason === HUNG_UP ? NO_WORD : reason;
}
