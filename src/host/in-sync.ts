import { join } from 'node:path';
import type { InSync } from '../plan/in-sync.js';
import * as z from '../spec/zod.js';
import { MARK } from './at-rest.js';
import { removeFile, replaceFile } from './disk.js';
import { LOCAL_FILES } from './file-store.js';

/** Name of the file in the directory of its topology. */
const IN_SYNC_FILE = 'in-sync.json';

/** @param directory of the topology. Undefined where nothing is kept, or nothing that can be understood */
export async function readInSync(directory: string): Promise<InSync | undefined> {
  const text = await LOCAL_FILES.readText(join(directory, IN_SYNC_FILE)).catch(() => undefined);
  return text === undefined ? undefined : parseInSync(text);
}

/** What was noted by a text; undefined where it is of no use. */
export function parseInSync(text: string): InSync | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** @throws RsentError `topology` when the disk refuses */
export async function writeInSync(directory: string, inSync: InSync): Promise<void> {
  await replaceFile(join(directory, IN_SYNC_FILE), `${JSON.stringify(inSync)}\n`, 0o600);
}

/** @throws RsentError `topology` when the disk refuses */
export async function forgetInSync(directory: string): Promise<void> {
  await removeFile(join(directory, IN_SYNC_FILE));
}

const schema = z.strictObject({
  schemaVersion: z.literal(1),
  master: z.string(),
  mark: MARK,
});
