import type { InSync } from '../plan/in-sync.js';
import * as z from '../spec/zod.js';
import { MARK } from './at-rest.js';
import { keptNote } from './note.js';

const schema = z.strictObject({
  schemaVersion: z.literal(1),
  master: z.string(),
  mark: MARK,
});

/** What all nodes had when an `up` had ended well. */
export const {
  read: readInSync,
  parse: parseInSync,
  write: writeInSync,
  forget: forgetInSync,
} = keptNote<InSync>('in-sync.json', schema);
