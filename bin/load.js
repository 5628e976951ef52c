import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { cachedDataVersionTag } from 'node:v8';
import { Script } from 'node:vm';

/** Length of what tells one build from another, at the head of a bundle (bin/build.js). */
const BUILD = { begin: '// '.length, length: 16 };

/**
 * Load a bundle, as `require` does, with what V8 compiled of it in an earlier run: a verb begins
 * 0.1 s earlier. Kept as Python keeps __pycache__: beside the bundle where that can be written, so
 * that nobody can change it who cannot change the program; each verb for itself, after a run that
 * went well. node's own cache (module.enableCompileCache) begins with 22.
 * @param {string} path of a bundle that bin/build.js wrote
 * @param {string} [use] what it is loaded for
 * @returns what it exports
 */
export function load(path, use = '') {
  // The build leaves nothing but ASCII in it, which is read fastest this way.
  const source = readFileSync(path, 'latin1');
  const kept = keptFile(path, source, use);
  const cachedData = contentOf(kept);
  const script = new Script(source, {
    filename: path,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  if (kept !== undefined && (cachedData === undefined || script.cachedDataRejected)) {
    const engine = cachedDataVersionTag();
    process.once('exit', (code) => {
      // With other flags than it began with (src/host/memory.ts), V8 would not take it again.
      if (code === 0 && cachedDataVersionTag() === engine) keep(kept, script);
    });
  }
  const module = { exports: {} };
  const run = script.runInThisContext();
  run.call(module.exports, module.exports, createRequire(path), module, path, dirname(path));
  return module.exports;
}

/** V8 itself compares no more than the length of a source; the name has to tell builds apart. */
function keptFile(path, source, use) {
  if (!/^[a-z-]{0,20}$/.test(use)) return undefined;
  const build = source.substr(BUILD.begin, BUILD.length);
  const engine = cachedDataVersionTag().toString(16);
  return join(dirname(path), 'cache', `${build}-${engine}-${use}`);
}

function contentOf(file) {
  return file === undefined ? undefined : attempt(() => readFileSync(file));
}

/** A full disk or a directory of somebody else's only makes the next run begin as this one did. */
function keep(file, script) {
  const draft = `${file}.${process.pid}`;
  const kept = attempt(() => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(draft, script.createCachedData());
    renameSync(draft, file);
    return file;
  });
  if (kept === undefined) attempt(() => rmSync(draft, { force: true }));
}

function attempt(act) {
  try {
    return act();
  } catch {
    return undefined;
  }
}
