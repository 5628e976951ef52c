import type { BackupManifest } from '../model/backup.js';
import { RsentError } from '../model/errors.js';
import { canRead, type DumpFormat, dumpFormat } from '../plan/dump-format.js';
import type { Context } from './context.js';
import type { ReadyImage } from './image.js';

/**
 * Have the server write a dump and print how it begins. /dev/shm is what a container can write to
 * whatever its image has; a server that is told to stop saves first, so that no client is needed,
 * and once its socket is there it can be told.
 */
const script = (server: string) => `cd /dev/shm || exit 1
${server} --port 0 --unixsocket ./s --dir /dev/shm --dbfilename d --save 3600 1 --appendonly no --logfile ./l &
until [ -S s ]; do kill -0 $! || exit 1; done
kill $!
wait $!
IFS= read -r line <d
printf 'format %.9s\\n' "$line"`;

const LIMIT_MS = 30_000;

/**
 * Make sure that the server in an image can read the dump of a backup.
 * @throws RsentError `refused` when it cannot; `spec` when it could not be found out
 */
export async function requireReadable(
  { engine }: Pick<Context, 'engine'>,
  { ref, server, version }: ReadyImage,
  { dump, server: saver }: Pick<BackupManifest, 'dump' | 'server'>,
): Promise<void> {
  const { output } = await engine.runOnce(ref, ['sh', '-c', script(server)], {
    limitMs: LIMIT_MS,
  });
  const writes = formatIn(output);
  if (writes === undefined) {
    throw new RsentError('spec', `Which dumps ${ref} reads could not be found out.`, {
      hint: `Nothing was created. Its ${server} should have written one; it said: ${output.trim() || '(nothing)'}`,
    });
  }
  const format = dumpFormat(dump.format);
  if (format !== undefined && canRead(writes, format)) return;
  const named = `${saver.product} ${saver.version}`;
  throw new RsentError(
    'refused',
    `${ref} holds ${server} ${version}, which cannot read the dump: it was written by ${named} as ${dump.format}.`,
    { hint: `Nothing was created. Use an image of ${named} or later: --image.` },
  );
}

/** What a throw-away container has printed of the format that its server writes. */
export function formatIn(output: string): DumpFormat | undefined {
  return dumpFormat(/^format (\S{9})$/m.exec(output)?.[1] ?? '');
}
