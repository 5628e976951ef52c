import { join } from 'node:path';
import { makeDirectory, readText, replaceFile } from '../host/disk.js';
import * as z from '../spec/zod.js';
import type { Context } from './context.js';

/**
 * What was found out of an image. Asked once: its id names its content, so the answer holds for ever.
 * @param file name of the one that keeps the answers of all images
 * @param id of the image
 * @param schema of an answer; where one in the file breaks it, all are asked anew
 * @param ask finds it out. What it throws is thrown, and nothing is kept
 */
export async function remembered<T>(
  { cache }: Pick<Context, 'cache'>,
  file: string,
  id: string,
  schema: z.ZodType<T>,
  ask: () => Promise<T>,
): Promise<T> {
  const path = join(cache, file);
  const known = parseCache(schema, await readText(path).catch(() => undefined));
  const kept = known[id];
  if (kept !== undefined) return kept;
  const asked = await ask();
  // A cache that cannot be written costs time, nothing else.
  await makeDirectory(cache, 0o700)
    .then(() => replaceFile(path, JSON.stringify({ ...known, [id]: asked }), 0o600))
    .catch(() => undefined);
  return asked;
}

function parseCache<T>(schema: z.ZodType<T>, text: string | undefined): Record<string, T> {
  try {
    return z.record(z.string(), schema).parse(JSON.parse(text ?? '{}'));
  } catch {
    return {};
  }
}
