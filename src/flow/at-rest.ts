import { join } from 'node:path';
import { forgetAtRest, readAtRest, writeAtRest } from '../host/at-rest.js';
import type { FileStore } from '../host/file-store.js';
import { loadTemplates } from '../host/templates.js';
import { type NodePlacement, ofKind, type TopologyRecord, withLeaving } from '../model/topology.js';
import { type Ending, type Mark, remembering } from '../plan/at-rest.js';
import {
  type DataLayout,
  dumpTime,
  filesInManifest,
  LARGEST_EMPTY_DUMP,
} from '../plan/data-files.js';
import type { Context } from './context.js';
import { dataPath, type FilesQuestion, layoutOf, MOST_MANIFEST_BYTES } from './holdings.js';

/** Where the files of a topology are. */
export async function whereFiles(context: Context, record: TopologyRecord): Promise<FilesQuestion> {
  const templates = await loadTemplates(record.spec.templates);
  return {
    ...{ record, template: templates.redis.source, files: context.files.of(record) },
    directory: join(context.home, record.spec.name),
  };
}

/** How far the files of all data nodes have come; without those of which that cannot be told. */
export async function marksOf(where: FilesQuestion): Promise<ReadonlyMap<string, Mark>> {
  const nodes = ofKind(withLeaving(where.record).placement.nodes, 'redis');
  const marks = await Promise.all(
    nodes.map(async (node) => [node.name, await markOf(where, node)]),
  );
  return new Map(marks.filter((each): each is [string, Mark] => each[1] !== undefined));
}

/** How far the files of a data node have come; undefined where that cannot be told. */
export async function markOf(where: FilesQuestion, node: NodePlacement): Promise<Mark | undefined> {
  const layout = await layoutOf(node, where);
  return markIn(dataPath(node, where.directory), layout, where.files);
}

async function markIn(
  path: string,
  layout: DataLayout,
  files: FileStore,
): Promise<Mark | undefined> {
  if (!layout.appendOnly) return dumpMark('dump', join(path, layout.name), files);
  const folder = join(path, layout.directory);
  const manifest = await files.readHead(
    join(folder, `${layout.name}.manifest`),
    MOST_MANIFEST_BYTES,
  );
  if (manifest === undefined || manifest.length === 0)
    return layout.plainRewrites ? undefined : dumpMark('single', join(path, layout.name), files);
  const names = filesInManifest(manifest.toString('utf8')) ?? [];
  const last = names.findLast((name) => name.endsWith('.incr.aof'));
  const number = /\.(\d{1,15})\.incr\.aof$/.exec(last ?? '')?.[1];
  const look = last === undefined ? undefined : await files.look(join(folder, last));
  if (number === undefined || look === undefined) return undefined;
  const { bytes, writtenAt } = look;
  return { form: 'parts', generation: Number(number), bytes, writtenAt };
}

/** Of a dump, or of a file of commands that a dump may begin. */
async function dumpMark(
  form: 'single' | 'dump',
  path: string,
  files: FileStore,
): Promise<Mark | undefined> {
  const look = await files.look(path);
  const head = look && (await files.readHead(path, LARGEST_EMPTY_DUMP));
  if (look === undefined || head === undefined) return undefined;
  const isPlain = form === 'single' && head[0] === '*'.charCodeAt(0);
  const generation = isPlain ? 0 : dumpTime(head);
  if (generation === undefined) return undefined;
  return { form, generation, bytes: look.bytes, writtenAt: look.writtenAt };
}

/**
 * Keep how far the files of all data nodes have come, now that they have ended. What cannot be kept, as
 * on a full disk, is not missed: it only helps to see that files were cut or replaced meanwhile.
 * @param marks where they were read before
 */
export async function rememberRest(
  where: FilesQuestion,
  ending: Ending,
  marks?: ReadonlyMap<string, Mark>,
): Promise<void> {
  try {
    const now = marks ?? (await marksOf(where));
    await writeAtRest(where.directory, remembering(await readAtRest(where.directory), ending, now));
  } catch {
    // Nothing old may stand for what is now: it would speak of another master.
    await forgetAtRest(where.directory).catch(() => undefined);
  }
}
