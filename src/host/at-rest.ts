import type { AtRest } from '../plan/at-rest.js';
import * as z from '../spec/zod.js';
import { keptNote } from './note.js';

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

/** What a topology was when it was stopped. */
export const {
  read: readAtRest,
  parse: parseAtRest,
  write: writeAtRest,
  forget: forgetAtRest,
} = keptNote<AtRest>('at-rest.json', schema);
