import { EventEmitter, once } from 'node:events';
import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { runCommand } from '../../src/host/command.js';
import { useTempDir } from '../helpers/temp.js';

const path = useTempDir();
const nobody = () => {};
const node = (code: string, ...args: string[]) => [process.execPath, '-e', code, ...args];

describe('a command that is run', () => {
  it.each([
    ['its exit code', 'process.exit(7)', 7],
    ['0', '', 0],
    ['128 and the signal that ended it', "process.kill(process.pid, 'SIGKILL')", 137],
    ['the same of another', "process.kill(process.pid, 'SIGTERM')", 143],
  ])('gives %s', async (_, code, expected) => {
    expect(await runCommand(node(code), {}, nobody)).toEqual({ code: expected });
  });

  it('has its arguments and its environment as they are', async () => {
    const code = `require('fs').writeFileSync(process.argv[1], JSON.stringify([process.argv.slice(2), process.env.A, process.env.B ?? null]))`;
    process.env['B'] = 'of somebody else';
    try {
      const words = ['1e3', '--json', '$(id)', ''];
      await runCommand(node(code, path('said'), ...words), { A: 'x y', B: undefined }, nobody);
      expect(JSON.parse(await readFile(path('said'), 'utf8'))).toEqual([words, 'x y', null]);
    } finally {
      delete process.env['B'];
    }
  });

  it('is told the signals, and may end as it likes', async () => {
    const code = `process.on('SIGTERM', () => process.exit(9)); require('fs').writeFileSync(process.argv[1], ''); setInterval(() => {}, 1000)`;
    const signals = new EventEmitter();
    const watcher = watch(path());
    const ready = once(watcher, 'change');
    const running = runCommand(node(code, path('ready')), {}, (listener) => {
      signals.on('signal', listener);
    });
    await ready;
    watcher.close();
    signals.emit('signal', 'SIGTERM');
    expect(await running).toEqual({ code: 9 });
  });

  it('is refused when there is none of that name', async () => {
    await expect(runCommand([path('nothing')], {}, nobody)).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('there is no such command'),
    });
  });
});
