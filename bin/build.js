// Bundles src into dist: a verb loads a few files instead of a thousand (docs/performance.md).
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

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

const plainWidth = {
  name: 'measure plain text quickly',
  setup({ onResolve }) {
    const path = fileURLToPath(new URL('bundle/string-width.js', import.meta.url));
    onResolve({ filter: /^string-width$/ }, ({ importer, kind }) => {
      return kind === 'import-statement' && importer !== path ? { path } : undefined;
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
  plugins: [whenCalled, plainWidth],
  define: { 'Intl.Segmenter': 'LazySegmenter' },
  inject: ['bin/bundle/lazy-segmenter.js'],
  legalComments: 'none',
  // Packages of the older kind call require; an ES module has none of its own.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  logLevel: 'warning',
});
