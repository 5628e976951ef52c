import { createConnection, type Socket } from 'node:net';
import { connect } from 'node:tls';
import { ASK_TIMEOUT_MS } from '../model/constants.js';
import { messageOf } from '../model/errors.js';
import type { Greeting } from '../model/examination.js';
import type { Address } from '../model/topology.js';

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
  if ('why' in plain && plain.why !== HUNG_UP) return plain;
  // What is asked here is whether it speaks TLS at all, not who it is.
  const tls = () => connect({ host: ip, port, rejectUnauthorized: false });
  const [secret, unasked] = await Promise.all([
    hear(tls, limitMs, 'secureConnect'),
    // A hang-up that crosses with our words takes away what was said before it.
    hear(dial, Math.min(limitMs, UNASKED_MS)),
  ]);
  if ('said' in secret) return greetingOf(secret.said, true);
  if ('said' in unasked && IS_REPLY.test(unasked.said)) return greetingOf(unasked.said, false);
  return /certificate required|bad certificate|handshake failure/i.test(secret.why)
    ? { tls: true, open: false, denied: false }
    : { why: HUNG_UP };
}

/** Who speaks first does so at once (ms). */
const UNASKED_MS = 300;
const IS_REPLY = /^[-+]/;
const HUNG_UP = 'it hangs up without a word';

function greetingOf(said: string, tls: boolean): Greeting {
  return { tls, open: said.startsWith('+'), denied: said.startsWith('-DENIED') };
}

/**
 * The first words of whoever is there.
 * @param ready the event after which it is sent a PING; without one it is only listened to
 */
function hear(dial: () => Socket, limitMs: number, ready?: string): Promise<Heard> {
  return new Promise((resolve) => {
    const socket = dial();
    const timer = setTimeout(() => end({ why: `no answer within ${limitMs} ms` }), limitMs);
    const end = (heard: Heard) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(heard);
    };
    if (ready !== undefined) socket.on(ready, () => socket.write('PING\r\n'));
    socket.on('data', (data) => end({ said: data.toString('latin1') }));
    socket.on('error', (error) => end({ why: reasonOf(error) }));
    socket.on('close', () => end({ why: HUNG_UP }));
  });
}

function reasonOf(error: unknown): string {
  const text = messageOf(error);
  if (/ECONNREFUSED/.test(text)) return 'connection refused';
  return /ECONNRESET|EPIPE/.test(text) ? HUNG_UP : text;
}
