import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/host/package-root.js';
import { useTempDir } from '../helpers/temp.js';

const LOADER = join(packageRoot(), 'bin', 'load.js');

/** A bundle as the build writes them: which it is, then a function. */
const bundle = (build: string, says: string) =>
  `// ${build}\n(function (exports, require) {
    exports.say = () => console.log(${JSON.stringify(says)}, require('node:path').sep);
  })`;

function run(directory: string, use: string, then = '') {
  const program = `import { load } from ${JSON.stringify(LOADER)};
    load(${JSON.stringify(join(directory, 'main.cjs'))}, ${JSON.stringify(use)}).say(); ${then}`;
  const node = ['--input-type=module', '-e', program];
  const { stdout, stderr, status } = spawnSync(process.execPath, node, { encoding: 'utf8' });
  return { said: stdout.trim(), stderr, status };
}

const kept = (directory: string) => {
  const cache = join(directory, 'cache');
  try {
    return readdirSync(cache).map((name) => join(cache, name));
  } catch {
    return [];
  }
};

describe('load', () => {
  const temp = useTempDir();

  it.each([['up'], ['--version'], ['']])('keeps what was compiled, for %j', (use) => {
    writeFileSync(temp('main.cjs'), bundle('0123456789abcdef', 'one'));
    expect(run(temp(), use)).toEqual({ said: 'one /', stderr: '', status: 0 });
    const [file = 'none', ...others] = kept(temp());
    expect([file.endsWith(`-${use}`), others]).toEqual([true, []]);
    const { ino } = statSync(file);
    expect(run(temp(), use).said).toBe('one /');
    expect(kept(temp()).map((each) => statSync(each).ino)).toEqual([ino]);
  });

  it('does not take what another build of the same length left', () => {
    writeFileSync(temp('main.cjs'), bundle('0123456789abcdef', 'one'));
    run(temp(), 'up');
    writeFileSync(temp('main.cjs'), bundle('fedcba9876543210', 'two'));
    expect(run(temp(), 'up').said).toBe('two /');
  });

  it('replaces what V8 does not take', () => {
    writeFileSync(temp('main.cjs'), bundle('0123456789abcdef', 'one'));
    run(temp(), 'up');
    const [file = 'none'] = kept(temp());
    const good = readFileSync(file).length;
    writeFileSync(file, 'no code');
    expect(run(temp(), 'up')).toEqual({ said: 'one /', stderr: '', status: 0 });
    expect(readFileSync(file)).toHaveLength(good);
  });

  it('keeps nothing of a run that failed, nor for what is no verb', () => {
    writeFileSync(temp('main.cjs'), bundle('0123456789abcdef', 'one'));
    expect(run(temp(), 'up', 'process.exitCode = 1').status).toBe(1);
    expect(run(temp(), '../../up').said).toBe('one /');
    expect(kept(temp())).toEqual([]);
  });

  it('does without where nothing can be kept', () => {
    writeFileSync(temp('main.cjs'), bundle('0123456789abcdef', 'one'));
    // Not even root can make a directory of a file.
    writeFileSync(temp('cache'), '');
    expect(run(temp(), 'up')).toEqual({ said: 'one /', stderr: '', status: 0 });
  });
});
