import { lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RsentError } from '../model/errors.js';
import type { Templates } from '../plan/conf.js';
import type { Template } from '../plan/render.js';
import { namesIn, readText } from './disk.js';
import { readGivenFile } from './given-file.js';
import { packageRoot } from './package-root.js';

const BUILT_IN = join(packageRoot(), 'templates');
const NAMES = ['redis.conf.hbs', 'sentinel.conf.hbs'] as const;

/**
 * The conf templates: rsent's own, each replaced by the user's where the directory has one of
 * that name.
 * @throws RsentError `spec` when the directory has none of them
 */
export async function loadTemplates(directory?: string): Promise<Templates> {
  if (directory !== undefined) await rejectEmpty(directory);
  const [redis, sentinel] = await Promise.all(NAMES.map((name) => load(name, directory)));
  if (redis === undefined || sentinel === undefined) throw new RsentError('bug', 'No templates.');
  return { redis, sentinel };
}

/** The template of a program that connects: rsent's own, as nobody would replace it. */
export async function loadProgram(name: string): Promise<Template> {
  return load(join('connect', name), undefined);
}

async function load(name: string, directory: string | undefined): Promise<Template> {
  if (directory !== undefined) {
    const path = join(directory, name);
    const read = await readGivenFile(path);
    if ('text' in read) return { path, source: read.text };
    if (await isThere(path)) {
      throw new RsentError('spec', `--templates: ${path} ${read.fault}.`, {
        hint: 'Nothing was done.',
      });
    }
  }
  const path = join(BUILT_IN, name);
  const source = await readText(path);
  if (source === undefined)
    throw new RsentError('bug', `${path} is missing from this installation.`);
  return { path, source };
}

async function rejectEmpty(directory: string): Promise<void> {
  const facts = await stat(directory).catch(() => undefined);
  if (facts?.isDirectory() === false) {
    throw new RsentError('spec', `--templates: ${directory} is a file; a directory was expected.`);
  }
  const names = await namesIn(directory);
  if (NAMES.some((name) => names.includes(name))) return;
  throw new RsentError('spec', `--templates ${directory} holds none of ${NAMES.join(', ')}.`, {
    hint: 'Copy the one to change from the templates folder of rsent and edit it there.',
  });
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
