// Bundles src into dist: a verb loads one file instead of a thousand (docs/performance.md).
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import Handlebars from 'handlebars';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Functions of dockerode and docker-modem that bring large packages along (ssh2, gRPC) and that few
 * verbs call: left in their packages, and loaded when they are called.
 */
const SELDOM = ['docker-modem/lib/ssh', 'dockerode/lib/session'];

/** Large packages that few verbs need stay where they are. */
const OUTSIDE = ['pkijs', 'asn1js', 'junit-report-builder'];

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
      const where = `outside.resolve('${path}.js', { paths: [outside.resolve('dockerode')] })`;
      return {
        contents: `const outside = require('node:module').createRequire(__filename);
          module.exports = (...args) => outside(${where})(...args);`,
      };
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

/** Somewhere else for tests, which may not take away what others run. */
const outdir = process.argv[2] ?? join(root, 'dist');
await rm(outdir, { recursive: true, force: true });
const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ['src/cli/main.ts', 'src/redis/probe/process.ts'],
  outbase: 'src',
  outdir,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  write: false,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // A script that is run from what was compiled of it (bin/load.js) cannot import.
  supported: { 'dynamic-import': false },
  // The last two are parts of ssh2, which does without them.
  external: [...OUTSIDE, 'cpu-features', '*.node'],
  plugins: [whenCalled, quickWidth, precompiled],
  legalComments: 'none',
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
});
await Promise.all(outputFiles.map(write));

/**
 * In ASCII, and with what tells this build from others at its head. What bin/load.js loads is one
 * function, as node makes it of every module: to put that around it later would take it twice in memory.
 */
async function write({ path, text }) {
  const ascii = text.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const id = createHash('sha256').update(ascii).digest('hex').slice(0, 16);
  await mkdir(dirname(path), { recursive: true });
  const whole = path.endsWith('main.cjs')
    ? `(function (exports, require, module, __filename, __dirname) {${ascii}})`
    : ascii;
  await writeFile(path, `// ${id}\n${whole}`);
}
