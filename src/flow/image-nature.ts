import { failedWith } from '../engine/engine.js';
import { RsentError } from '../model/errors.js';
import type { ImageNature } from '../plan/formats.js';
import * as z from '../spec/zod.js';
import type { Context } from './context.js';
import type { ReadyImage } from './image.js';
import { remembered } from './remembered.js';

/** For a server that starts, writes an empty file and ends (ms). */
const LIMIT_MS = 20_000;

/**
 * Has the server write its data as it ends; all is in the memory of the container, with no program
 * but a shell and the server. First with a directive that only builds with TLS know.
 */
const PROBE = `d=/dev/shm
for s in redis-server valkey-server; do command -v "$s" >/dev/null && break; done
run() {
  : >$d/gone
  { "$s" --port 0 --unixsocket $d/s --dir $d --pidfile $d/pid --save 3600 1 "$@" >$d/log 2>&1
    echo gone >$d/gone; } &
  until [ -s $d/pid ] || [ -s $d/gone ]; do :; done
  if [ -s $d/gone ]; then wait; return 1; fi
  read -r pid <$d/pid
  kill -TERM "$pid"
  wait
}
tls=yes
run --tls-port 0 || { tls=no; run; }
[ -s $d/dump.rdb ] || exit 1
read -r line <$d/dump.rdb
printf '%.9s tls=%s\\n' "$line" "$tls"`;

const WRITTEN = z.object({ format: z.string(), tls: z.boolean() });

type Written = z.infer<typeof WRITTEN>;

/**
 * What the server of an image writes, found by having it write.
 * @throws RsentError `spec` when it does not start
 */
export async function natureOf(context: Context, image: ReadyImage): Promise<ImageNature> {
  const { ref, id, server, version } = image;
  const ask = () => tryOut(context, ref);
  return { server, version, ...(await remembered(context, 'formats.json', id, WRITTEN, ask)) };
}

async function tryOut({ engine }: Context, ref: string): Promise<Written> {
  const { output } = await engine
    .runOnce(ref, ['sh', '-c', PROBE], { limitMs: LIMIT_MS })
    .catch((error: unknown) => {
      if (failedWith(error, 'cannot-run')) return { output: error.message };
      throw error;
    });
  const written = parseWritten(output);
  if (written !== undefined) return written;
  throw new RsentError('spec', `The server in ${ref} does not start and write its data.`, {
    hint: `Nothing was changed. It said: ${output.trim() || '(nothing)'}`,
  });
}

/** @param output what the probe prints: `REDIS0010 tls=yes` */
export function parseWritten(output: string): Written | undefined {
  const match = /^((?:REDIS|VALKEY)\d{1,9}) tls=(yes|no)$/m.exec(output);
  return match?.[1] === undefined ? undefined : { format: match[1], tls: match[2] === 'yes' };
}
