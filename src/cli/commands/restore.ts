import { resolve } from 'node:path';
import type { RestoreResult } from '../../flow/restore.js';
import type { BackupManifest, DumpSource } from '../../model/backup.js';
import { RsentError } from '../../model/errors.js';
import { requireCertificate, restoredLayer } from '../../spec/restored.js';
import { withCertificate } from '../certificate.js';
import { readSaid } from '../inputs.js';
import { type Arguments, declare, once, text, withName } from '../options.js';
import { output } from '../output.js';
import { openContext, type Session } from '../session.js';
import type { Verb } from '../verb.js';
import { printUp, readUp, UP } from './up.js';

/** `rsent restore [name] --from FILE` */
export function restoreCommand(session: Session): Verb {
  return {
    builder: (yargs) =>
      declare(withName(yargs), {
        from: text('file that rsent backup has made, or a dump of a server (dump.rdb)'),
        ...UP,
      }),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const from = once(args, 'from');
  if (from === undefined) {
    throw new RsentError('usage', 'restore needs a backup: --from FILE.', {
      hint: 'Nothing was created. rsent backup makes such a file; a dump.rdb of a server will do, too.',
    });
  }
  const { said, certificate } = await withCertificate(await readSaid(args));
  const [{ restore }, { exclusively }] = await Promise.all([
    import('../../flow/restore.js'),
    import('../../flow/exclusive.js'),
  ]);
  const file = resolve(from);
  const { manifest, ...opened } = await openSource(file);
  if (manifest !== undefined) requireCertificate(manifest.spec, said.layers);
  const context = await openContext(session, args);
  const layer = manifest && restoredLayer(manifest.spec);
  const options = await readUp(args, said, certificate, context, layer);
  const act = () => restore(context, file, opened, options);
  const result = options.dryRun ? await act() : await exclusively(context, options.name, act);
  await print(context, args, result, { file, manifest, source: opened.source });
}

/** A backup, with its manifest; or a dump as a server writes it. */
async function openSource(file: string) {
  const [{ readDump, readManifest }, { readDumpFile, sourceOfDump }] = await Promise.all([
    import('../../host/backup-file.js'),
    import('../../host/dump-file.js'),
  ]);
  const source = await sourceOfDump(file);
  if (source !== undefined)
    return { manifest: undefined, source, open: () => readDumpFile(file, source.dump) };
  const manifest = await readManifest(file);
  return { manifest, source: manifest, open: () => readDump(file, manifest) };
}

async function print(
  context: Parameters<typeof printUp>[0],
  args: Arguments,
  result: RestoreResult,
  from: {
    readonly file: string;
    readonly source: DumpSource;
    readonly manifest: BackupManifest | undefined;
  },
): Promise<void> {
  const { databases } = result;
  if (databases === undefined) return printUp(context, args, result);
  const { restoredJson, restoredText } = await import('../../report/backup.js');
  const restored = { ...from, databases };
  await printUp(context, args, result, restoredJson(restored));
  if (!args['json']) output.answer(`\n${restoredText(restored)}`);
}
