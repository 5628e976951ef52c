import {
  allImports,
  type Import,
  importsIn,
  reachedFrom,
  sourceFiles,
  sourceOf,
} from './helpers/imports.js';

/** Top to bottom; folders on one level know nothing of each other. */
const LEVELS = [
  ['cli'],
  ['flow'],
  ['engine', 'redis', 'host'],
  ['files'],
  ['spec', 'plan', 'health', 'drill', 'logs', 'report'],
  ['model'],
];

const imports = allImports();
const files = sourceFiles();
const folderOf = (path: string) => path.split('/')[0] ?? '';
const levelOf = (path: string) => LEVELS.findIndex((folders) => folders.includes(folderOf(path)));
const isOurs = ({ to }: Import) => to.endsWith('.ts');
const text = ({ from, to }: Import) => `${from} imports ${to}`;

/** An import that goes up, or to another folder of the same level. */
function breaksLevels({ from, to }: Import): boolean {
  if (folderOf(from) === folderOf(to)) return false;
  return levelOf(to) <= levelOf(from);
}

/** Files that lead back to themselves. */
function onCycle(edges: readonly Import[]): string[] {
  return files.filter((file) => reachedFrom(file, edges).has(file));
}

describe('the reading of imports', () => {
  const source = [
    "import x from 'a';",
    "import type { T } from './t.js';",
    "import {\n  type U,\n  v,\n} from '../u/v.js';",
    "export { w } from './w.js';",
    "import 'side-effect';",
    "const y = await import('./y.js');",
  ].join('\n');

  it('sees every kind', () => {
    const seen = importsIn('plan/file.ts', source);
    expect(seen.map(({ to, typeOnly, dynamic }) => [to, typeOnly, dynamic])).toEqual([
      ['a', false, false],
      ['plan/t.ts', true, false],
      ['u/v.ts', false, false],
      ['plan/w.ts', false, false],
      ['side-effect', false, false],
      ['plan/y.ts', false, true],
    ]);
  });

  it('misses none of src: each names a file that is there', () => {
    expect(imports.filter(isOurs).filter(({ to }) => !files.includes(to))).toEqual([]);
    expect(imports.length).toBeGreaterThan(files.length);
  });
});

describe('the house', () => {
  it('has no folder outside its levels', () => {
    expect(files.filter((file) => levelOf(file) < 0)).toEqual([]);
  });

  it('has imports that go down only', () => {
    expect(imports.filter(isOurs).filter(breaksLevels).map(text)).toEqual([]);
  });

  it('has no cycle among what is loaded', () => {
    expect(onCycle(imports.filter(({ typeOnly }) => !typeOnly))).toEqual([]);
  });

  it('has no cycle, types included', () => {
    expect(onCycle(imports)).toEqual([]);
  });

  it('has no default export', () => {
    expect(files.filter((file) => /^export default/m.test(sourceOf(file)))).toEqual([]);
  });
});

describe('the rules themselves', () => {
  const edge = (from: string, to: string): Import => ({
    from,
    to,
    typeOnly: false,
    dynamic: false,
  });

  it.each([
    ['up', edge('plan/a.ts', 'flow/b.ts'), true],
    ['up from the ground', edge('model/a.ts', 'spec/b.ts'), true],
    ['sideways', edge('host/a.ts', 'redis/b.ts'), true],
    ['sideways among pure folders', edge('drill/a.ts', 'report/b.ts'), true],
    ['down', edge('cli/a.ts', 'model/b.ts'), false],
    ['within a folder', edge('flow/a.ts', 'flow/b.ts'), false],
  ])('judge an import that goes %s', (_, each, broken) => {
    expect(breaksLevels(each)).toBe(broken);
  });
});

describe('one door for each dependency', () => {
  it.each([
    ['dockerode', /^engine\/docker\//],
    ['ioredis', /^redis\//],
    ['handlebars', /^plan\/render\.ts$/],
    ['inquirer', /^cli\/prompts\.ts$/],
    ['junit-report-builder', /^report\/junit\.ts$/],
    ['tar-stream', /^host\/tar\.ts$/],
    ['pkijs', /^host\/certificates/],
    ['asn1js', /^host\/certificates/],
    ['zod', /^spec\/zod\.ts$/],
  ])('%s', (name, door) => {
    const users = imports.filter(({ to }) => to === name || to.startsWith(`${name}/`));
    expect(users.length).toBeGreaterThan(0);
    expect(users.map(({ from }) => from).filter((file) => !door.test(file))).toEqual([]);
  });

  it('lets the model depend on nothing', () => {
    expect(
      imports.filter(({ from, to }) => folderOf(from) === 'model' && folderOf(to) !== 'model'),
    ).toEqual([]);
  });

  it('lets only main.ts decide how the process ends', () => {
    const ending = /process\.exit\s*\(|process\.exitCode\s*=|process\.abort|process\.kill/;
    expect(files.filter((file) => ending.test(sourceOf(file)))).toEqual(['cli/main.ts']);
  });
});

describe('what a start costs', () => {
  const loaded = imports.filter(({ typeOnly, dynamic }) => !typeOnly && !dynamic);

  const heavy = ['dockerode', 'ioredis', 'handlebars', 'inquirer'];

  it('the command line loads no package but its parser before it knows the verb', () => {
    const reached = [...reachedFrom('cli/parse.ts', loaded)];
    expect(reached.length).toBeGreaterThan(1);
    const packages = reached.filter((each) => !each.endsWith('.ts') && !each.startsWith('node:'));
    expect(packages).toEqual(['yargs']);
  });

  it.each(files.filter((file) => file.startsWith('cli/commands/')))(
    '%s loads neither an engine nor a Redis client before it is used',
    (file) => {
      const reached = [...reachedFrom(file, loaded)];
      expect(reached.filter((each) => heavy.includes(each))).toEqual([]);
    },
  );

  it('main.ts loads the command line parser only when it needs it', () => {
    expect(reachedFrom('cli/main.ts', loaded)).not.toContain('yargs');
  });
});
