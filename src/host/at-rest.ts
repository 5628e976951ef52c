import { join } from 'node:path';
import type { AtRest } from '../plan/at-rest.js';
import * as z from '../spec/zod.js';
import { removeFile, replaceFile } from './disk.js';
import { LOCAL_FILES } from './file-store.js';

/** Name of the file in the directory of its topology. */
const AT_REST_FILE = 'at-rest.json';

/** @param directory of the topology. Undefined where nothing is kept, or nothing that can be understood */
export async function readAtRest(directory: string): Promise<AtRest | undefined> {
  const text = await LOCAL_FILES.readText(join(directory, AT_REST_FILE)).catch(() => undefined);
  return text === undefined ? undefined : parseAtRest(text);
}

/** What is remembered by a text; undefined where it is of no use. */
export function parseAtRest(text: string): AtRest | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** @throws RsentError `topology` when the disk refuses */
export async function writeAtRest(directory: string, atRest: AtRest): Promise<void> {
  await replaceFile(join(directory, AT_REST_FILE), `${JSON.stringify(atRest)}\n`, 0o600);
}

/** @throws RsentError `topology` when the disk refuses */
export async function forgetAtRest(directory: string): Promise<void> {
  await removeFile(join(directory, AT_REST_FILE));
}

const count = z.number().min(0);
/** How far the files of a data node had come, as it is kept. */
export const MARK = z.strictObject({
  form: z.enum(['parts', 'single', 'dump']),
  generation: count,
  bytes: count,
  writtenAt: count,
});
const schema = z.strictObject({
  schemaVersion: z.literal(1),
  master: z.string().optional(),
  nodes: z
    .array(
      z.strictObject({
        name: z.string(),
        inSync: z.boolean(),
        mark: MARK,
      }),
    )
    .max(100),
});
