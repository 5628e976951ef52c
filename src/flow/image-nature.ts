import { join } from 'node:path';
import * as z from 'zod';
import { failedWith } from '../engine/engine.js';
import { makeDirectory, readText, replaceFile } from '../host/disk.js';
import { RsentError } from '../model/errors.js';
import type { ImageNature } from '../plan/formats.js';
import type { Context } from './context.js';
import { prepareImage } from './image.js';

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

/**
 * What the server of an image writes, found by having it write.
 * @param ref an image that is on the engine
 * @throws RsentError `spec` when it does not start
 */
export async function natureOf(context: Context, ref: string): Promise<ImageNature> {
  const program = await prepareImage(context, { ref, named: true });
  const { server, version } = program;
  const found = await context.engine.findImage(ref);
  const path = join(context.cache, 'formats.json');
  const known = parseCache(await readText(path).catch(() => undefined));
  const id = found?.id ?? '';
  const written = known[id] ?? (await tryOut(context, ref));
  // A cache that cannot be written costs time, nothing else.
  await makeDirectory(context.cache, 0o700)
    .then(() => replaceFile(path, JSON.stringify({ ...known, [id]: written }), 0o600))
    .catch(() => undefined);
  return { server, version, ...written };
}

async function tryOut(
  { engine }: Context,
  ref: string,
): Promise<Pick<ImageNature, 'format' | 'tls'>> {
  const { output } = await engine
    .runOnce(ref, ['sh', '-c', PROBE], { limitMs: LIMIT_MS })
    .catch((error: unknown) => {
      if (failedWith(error, 'other')) return { output: error.message };
      throw error;
    });
  const written = parseWritten(output);
  if (written !== undefined) return written;
  throw new RsentError('spec', `The server in ${ref} does not start and write its data.`, {
    hint: `Nothing was changed. It said: ${output.trim() || '(nothing)'}`,
  });
}

/** @param output what the probe prints: `REDIS0010 tls=yes` */
export function parseWritten(output: string): Pick<ImageNature, 'format' | 'tls'> | undefined {
  const match = /^((?:REDIS|VALKEY)\d+) tls=(yes|no)$/m.exec(output);
  return match?.[1] === undefined ? undefined : { format: match[1], tls: match[2] === 'yes' };
}

const cacheSchema = z.record(z.string(), z.object({ format: z.string(), tls: z.boolean() }));

function parseCache(text: string | undefined): z.infer<typeof cacheSchema> {
  try {
    return cacheSchema.parse(JSON.parse(text ?? '{}'));
  } catch {
    return {};
  }
}
