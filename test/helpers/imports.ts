import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** How one file names another file or a package. */
export interface Import {
  readonly from: string;
  /** A file of src (`plan/conf.ts`), or the name of a package (`ioredis`, `node:fs`). */
  readonly to: string;
  /** Gone once it is compiled. */
  readonly typeOnly: boolean;
  /** `import(…)`: loaded only when it is reached. */
  readonly dynamic: boolean;
}

/** Paths of all files of src, from there on. */
export function sourceFiles(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .sort();
}

/** Text of a file of src, without its comments. */
export function sourceOf(file: string): string {
  const text = readFileSync(join(SRC, file), 'utf8');
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

const STATIC = /^\s*(import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** All imports and re-exports of a text. */
export function importsIn(file: string, text: string): Import[] {
  const fixed = [...text.matchAll(STATIC)].map(([, , type, name]) => {
    return { from: file, to: target(file, name), typeOnly: type !== undefined, dynamic: false };
  });
  const dynamic = [...text.matchAll(DYNAMIC)].map(([, name]) => {
    return { from: file, to: target(file, name), typeOnly: false, dynamic: true };
  });
  return [...fixed, ...dynamic];
}

function target(file: string, name = ''): string {
  if (!name.startsWith('.')) return name;
  return relative(SRC, join(SRC, dirname(file), name)).replace(/\.js$/, '.ts');
}

/** All imports of src. */
export function allImports(): Import[] {
  return sourceFiles().flatMap((file) => importsIn(file, sourceOf(file)));
}

/** All that a file reaches over these imports, itself left out unless it is reached again. */
export function reachedFrom(start: string, imports: readonly Import[]): Set<string> {
  const reached = new Set<string>();
  const visit = (file: string) => {
    for (const { from, to } of imports) {
      if (from !== file || reached.has(to)) continue;
      reached.add(to);
      visit(to);
    }
  };
  visit(start);
  return reached;
}
