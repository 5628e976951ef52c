import { RsentError } from '../model/errors.js';
import type { Setting } from '../model/settings.js';
import type { Context } from './context.js';

/** Starts a server without a conf, and prints a mark with each name, and what it says of it. */
const ASK_ALL = `
set -f
server=redis-server; command -v redis-server >/dev/null || server=valkey-server
cli=redis-cli; command -v redis-cli >/dev/null || cli=valkey-cli
$server --port 6379 >/dev/null 2>&1 &
until $cli PING >/dev/null 2>&1; do :; done
for name in "$@"; do echo "@ $name"; $cli CONFIG GET "$name"; done`;
const LIMIT_MS = 20_000;

/**
 * What a server of this image is set to when nobody says anything: asked of one that is started
 * for it in a container of no network.
 * @throws RsentError `refused` when one of the names means nothing to it
 */
export async function usualValues(
  { engine }: Context,
  image: string,
  names: readonly string[],
): Promise<Setting[]> {
  if (names.length === 0) return [];
  const command = ['sh', '-c', ASK_ALL, 'ask', ...names];
  const { output } = await engine.runOnce(image, command, { limitMs: LIMIT_MS });
  const lines = output.split(/\r?\n/);
  return names.map((name) => {
    const at = lines.indexOf(`@ ${name}`);
    const [told, value] = lines.slice(at + 1);
    if (at >= 0 && told === name && value !== undefined) return { name, value };
    throw new RsentError('refused', `What ${name} is by default cannot be asked of ${image}.`, {
      hint: 'Nothing was changed. It is taken away while the topology sleeps: rsent down NAME, the same command, rsent up NAME.',
    });
  });
}
