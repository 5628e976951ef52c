import { join } from 'node:path';
import type * as z from '../spec/zod.js';
import { removeFile, replaceFile } from './disk.js';
import { LOCAL_FILES } from './file-store.js';

/**
 * A small file of rsent's own in the directory of a topology, which only helps: without it less is seen.
 * `read` and `parse` give undefined where nothing is kept, or nothing that can be understood; `write` and
 * `forget` throw RsentError `topology` when the disk refuses.
 */
interface Note<T> {
  read(directory: string): Promise<T | undefined>;
  parse(text: string): T | undefined;
  write(directory: string, content: T): Promise<void>;
  forget(directory: string): Promise<void>;
}

/**
 * How such a file is kept.
 * @param file its name
 * @param schema of its JSON
 */
export function keptNote<T>(file: string, schema: z.ZodType<T>): Note<T> {
  const parse = (text: string) => {
    try {
      return schema.parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  };
  return {
    parse,
    read: async (directory) => {
      const text = await LOCAL_FILES.readText(join(directory, file)).catch(() => undefined);
      return text === undefined ? undefined : parse(text);
    },
    write: (directory, content) =>
      replaceFile(join(directory, file), `${JSON.stringify(content)}\n`, 0o600),
    forget: (directory) => removeFile(join(directory, file)),
  };
}
