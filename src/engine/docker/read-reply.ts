import type { IncomingMessage } from 'node:http';
import { addAbortSignal } from 'node:stream';
import { jsonIn, refusalIn } from './refusal.js';
import { OverlongReply } from './replies.js';
import type { Dial } from './watched-dial.js';

const MIB = 1024 ** 2;
/** Ten thousand containers take half of it (bytes). */
const LARGEST_LIST = 64 * MIB;
/** An error is a sentence (bytes). */
const LARGEST_REFUSAL = MIB;

/** To docker-modem every status is a good one: what is none is told from them here. */
const ANY = new Proxy<Record<number, true>>({}, { get: () => true });

/**
 * A dial that reads by itself what is no stream. docker-modem holds a body however large it is, and
 * ends the process at words that cannot be made a text of.
 * @param dial sends a request; answers with a stream whatever the status
 */
export function readingDial(dial: Dial): Dial {
  return (options, answered) => {
    const { statusCodes = {}, isStream = false, abortSignal } = options;
    dial({ ...options, isStream: true, statusCodes: ANY }, (error, result) => {
      const reply = error === null ? replyIn(result) : undefined;
      // It failed, or the connection is handed over.
      if (reply === undefined) return answered?.(error, result);
      const isGood = statusCodes[reply.statusCode ?? 0] === true;
      if (isGood && isStream) return answered?.(null, result);
      bodyOf(reply, isGood ? LARGEST_LIST : LARGEST_REFUSAL, abortSignal).then(
        (body) =>
          isGood
            ? answered?.(null, jsonIn(body)?.said ?? body)
            : answered?.(refusalIn(reply.statusCode ?? 0, body), null),
        (broken: Error) => answered?.(broken, null),
      );
    });
  };
}

/** The reply in what docker-modem gives: itself, or in a pair of streams (lib/http_duplex.js). */
function replyIn(result: unknown): IncomingMessage | undefined {
  if (typeof result !== 'object' || result === null) return undefined;
  const reply = '_output' in result ? result._output : result;
  const isReply = typeof reply === 'object' && reply !== null && 'statusCode' in reply;
  return isReply ? (reply as IncomingMessage) : undefined;
}

async function bodyOf(
  reply: IncomingMessage,
  most: number,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  if (signal !== undefined) addAbortSignal(signal, reply);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reply) {
    size += chunk.length;
    if (size > most) throw new OverlongReply(most / MIB);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
