// Bundles src into dist: a verb loads a few files instead of a thousand (docs/performance.md).
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import Handlebars from 'handlebars';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Functions of dockerode and docker-modem that bring large packages along (ssh2, gRPC) and that few
 * verbs call: left in their packages, and loaded when they are called.
 */
const SELDOM = ['docker-modem/lib/ssh', 'dockerode/lib/session'];

const whenCalled = {
  name: 'load seldom parts when they are called',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/(ssh|session|buildkit)$/ }, ({ path, importer }) => {
      const [, owner] = /node_modules\/([^/]+)\/lib\/[^/]+$/.exec(importer) ?? [];
      const part = `${owner}/lib/${path.slice('./'.length)}`;
      if (SELDOM.includes(part)) return { path: part, namespace: 'seldom' };
      // Asked for only within a function as it is.
      return part === 'dockerode/lib/buildkit' ? { path: `${part}.js`, external: true } : undefined;
    });
    onLoad({ filter: /.*/, namespace: 'seldom' }, ({ path }) => {
      // docker-modem belongs to dockerode, and is found from there.
      const where = `require.resolve('${path}.js', { paths: [require.resolve('dockerode')] })`;
      return { contents: `module.exports = (...args) => require(${where})(...args);` };
    });
  },
};

/**
 * Plain ASCII is as wide as it is long, and help pages and tables are hardly anything else. The
 * package that knows all other letters takes 30 ms to load.
 */
const quickWidth = {
  name: 'measure plain text quickly',
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /^string-width$/ }, async ({ path, kind, resolveDir, pluginData }) => {
      if (kind !== 'import-statement' || pluginData === 'its own') return undefined;
      const found = await resolve(path, { kind, resolveDir, pluginData: 'its own' });
      return { path: found.path, namespace: 'width' };
    });
    onLoad({ filter: /.*/, namespace: 'width' }, ({ path }) => ({
      contents: `export default (text, options) =>
        /^[\\x20-\\x7e]*$/.test(text)
          ? text.length
          : require(${JSON.stringify(path)}).default(text, options);`,
      resolveDir: root,
    }));
  },
};

/** src/plan/precompiled.ts with rsent's own templates in it. */
const precompiled = {
  name: 'precompile the templates',
  setup({ onLoad }) {
    onLoad({ filter: /src\/plan\/precompiled\.ts$/ }, async () => {
      const names = await readdir(join(root, 'templates'), { recursive: true });
      const paths = names.filter((name) => name.endsWith('.hbs'));
      const rows = await Promise.all(
        paths.map(async (path) => {
          const source = await readFile(join(root, 'templates', path), 'utf8');
          const made = Handlebars.precompile(source, { strict: true, noEscape: true });
          return `[${JSON.stringify(source)}, ${made}]`;
        }),
      );
      return { contents: `export const PRECOMPILED = new Map([${rows.join(',\n')}]);` };
    });
  },
};

await rm(new URL('../dist', import.meta.url), { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: ['src/cli/main.ts', 'src/cli/parse.ts', 'src/redis/probe/process.ts'],
  outbase: 'src',
  outdir: 'dist',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Optional parts of ssh2, which do without them.
  external: ['cpu-features', '*.node'],
  plugins: [whenCalled, quickWidth, precompiled],
  legalComments: 'none',
  // Packages of the older kind call require; an ES module has none of its own.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  logLevel: 'warning',
});
