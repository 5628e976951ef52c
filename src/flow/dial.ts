import type { Engine } from '../engine/engine.js';
import type { HandedOut } from '../health/handed-out.js';
import { messageOf } from '../model/errors.js';
import type { Dial } from '../model/observation.js';
import { addressText } from '../model/topology.js';
import type { NodeClient } from '../redis/client.js';

/** What a server that is there may answer to a PING besides PONG. */
const THERE = /^(LOADING|NOAUTH|NOPERM|MASTERDOWN|MISCONF)/;

/** Dial an address from this host, as a stranger: can it be reached, and does it let anyone in? */
export async function dialFromHere(client: NodeClient, { address, by }: HandedOut): Promise<Dial> {
  const { pong } = await client.ask({ pong: ['PING'] });
  const reached = pong.ok || THERE.test(pong.error);
  return reached || pong.ok
    ? { address, handedOutBy: by, reached: true, letsAnyoneIn: pong.ok }
    : { address, handedOutBy: by, reached: false, why: pong.error };
}

/** What redis-cli prints when somebody was there; who speaks TLS hangs up on a plain question. */
export const ANSWERED =
  /^(PONG$|\(error\)|LOADING|NOAUTH|NOPERM|DENIED|MASTERDOWN|MISCONF|ERR|Error: )/;

/**
 * Pings every address it is given, all at once, and prints a line for each. An image may have a
 * shell, a client and nothing else; unquoted, the reply's line ends become spaces.
 */
const PING_ALL = `
set -f
cli=redis-cli; command -v redis-cli >/dev/null || cli=valkey-cli
for a in "$@"; do
  ( echo "$a" $($cli -h "\${a%:*}" -p "\${a##*:}" PING 2>&1 </dev/null) ) &
done
wait`;
/** An address that swallows what is sent to it keeps a client waiting for minutes (ms). */
const DIAL_MS = 3000;

/**
 * Dial addresses from a short-lived container on a network, where the clients are.
 * @param image an image with redis-cli or valkey-cli, that of a node
 */
export async function dialFromContainer(
  engine: Engine,
  image: string,
  network: string,
  addresses: readonly HandedOut[],
): Promise<Dial[]> {
  const targets = addresses.map(({ address }) => addressText(address));
  const said = await engine
    .runOnce(image, ['sh', '-c', PING_ALL, 'dial', ...targets], { network, limitMs: DIAL_MS })
    .catch((error: unknown) => ({ output: '', error: messageOf(error) }));
  const lines = new Map(
    said.output.split('\n').map((line): [string, string] => {
      const space = line.indexOf(' ');
      return [line.slice(0, space), line.slice(space + 1).trim()];
    }),
  );
  return addresses.map(({ address, by }) => {
    const reply = lines.get(addressText(address));
    const why = 'error' in said ? said.error : reply || `no answer within ${DIAL_MS} ms`;
    const reached = reply !== undefined && ANSWERED.test(reply);
    return reached
      ? { address, handedOutBy: by, reached, letsAnyoneIn: reply === 'PONG' }
      : { address, handedOutBy: by, reached, why };
  });
}
